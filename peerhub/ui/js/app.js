// The one script of every page: htmx and our elements. Each wakes up by itself, also after a swap.
import "htmx.org/dist/htmx.esm.js";
import "./busy.js";
import "./forms.js";
import "./live.js";
import "./menus.js";
import "./shortcuts.js";
import "./elements/bell-count.js";
import "./elements/error-summary.js";
import "./elements/live-feed.js";
import "./elements/live-seats.js";
import "./elements/local-time.js";
import "./elements/modal-disclosure.js";
import "./elements/password-field.js";
import "./elements/post-composer.js";
import "./elements/read-mark.js";
import "./elements/theme-choice.js";
import "./elements/toast-list.js";
