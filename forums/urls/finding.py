"""Searches that are kept, and feeds."""

from django.urls import URLPattern, path

from forums.views import atom, finding

urlpatterns: list[URLPattern] = [
    path("recherches/", finding.saved_search_list, name="saved-search-list"),
    path("recherches/garder/", finding.saved_search_create, name="saved-search-create"),
    path("recherches/<int:pk>/", finding.saved_search, name="saved-search"),
    path("recherches/<int:pk>/modifier/", finding.saved_search_edit, name="saved-search-edit"),
    path("recherches/<int:pk>/effacer/", finding.saved_search_delete, name="saved-search-delete"),
    path("recherche.atom", atom.search_feed, name="search-feed"),
    path("r/<slug:network_slug>/discussions.atom", atom.network_feed, name="network-feed"),
    path("r/<slug:network_slug>/discussions/<slug:forum_slug>.atom", atom.theme_feed, name="theme-feed"),
    path("flux/", atom.feed_page, name="feed-page"),
    path("flux/ouvrir/", atom.feed_open, name="feed-open"),
    path("flux/fermer/", atom.feed_revoke, name="feed-revoke"),
    path("flux/<str:token>/tout.atom", atom.own_feed, name="own-feed"),
    path("flux/<str:token>/suivi.atom", atom.own_followed_feed, name="own-followed-feed"),
    path("flux/<str:token>/theme/<int:pk>.atom", atom.own_theme_feed, name="own-theme-feed"),
    path("flux/<str:token>/recherche/<int:pk>.atom", atom.own_search_feed, name="own-search-feed"),
]
