from django.urls import path

from peerhub.mailbox import views

app_name = "mailbox"

urlpatterns = [
    path("", views.mail_list, name="mail-list"),
    path("<slug:key>/", views.mail_detail, name="mail"),
    path("<slug:key>/html/", views.mail_html, name="mail-html"),
    path("<slug:key>/pieces/<int:number>/", views.mail_attachment, name="mail-attachment"),
]
