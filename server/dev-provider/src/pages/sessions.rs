//! The list of sessions.

use axum::response::Response;
use http::StatusCode;

use super::frame::page;
use super::html::escape;
use crate::provider::Provider;
use crate::sessions::END;
use crate::sso_session::SsoSession;

/// Who is signed in, since when, and where; a button ends a session, another all of the person. `here`: the `sid` of
/// this browser's session.
pub(crate) fn sessions(
    provider: &Provider,
    sessions: &[SsoSession],
    here: Option<&str>,
    now: i64,
) -> Response {
    let list: String = sessions
        .iter()
        .map(|session| entry(provider, session, here == Some(&*session.sid), now))
        .collect();
    let body = match sessions {
        [] => {
            "<h1>No sessions</h1>\n<p>Nobody is signed in at this provider, in any browser.</p>\n".to_owned()
        }
        _ => format!(
            "<h1>Sessions at this provider</h1>\n<p>Ending one here is what an administrator does. How the \
             applications that use it are told is yours to choose: at once from server to server; five seconds later, as by a \
             provider that is busy; by frames in this browser only, where it is this browser's session; or not at all, as by a \
             provider that never calls. Session management can be seen where the application is at 127.0.0.1 too: on another \
             site its frame sees no cookies.</p>\n<ul class=\"sessions\">\n{list}</ul>\n"
        ),
    };
    page(StatusCode::OK, "Sessions", &body, &[])
}

fn entry(provider: &Provider, session: &SsoSession, is_here: bool, now: i64) -> String {
    let name = provider
        .user(&session.sub)
        .map_or(&*session.sub, |user| user.name.as_str());
    let clients = match session.clients.as_slice() {
        [] => "no application yet".to_owned(),
        clients => clients.join(", "),
    };
    format!(
        "<li><p><strong>{name}</strong>{here}<br><span class=\"detail\">{since} · {clients}</span></p>\n\
         <form method=\"post\" action=\"{action}\" class=\"choices\">\n{TOLD}\n\
         <button class=\"action primary\" name=\"sid\" value=\"{sid}\">End this session</button>\n\
         <button class=\"action\" name=\"sub\" value=\"{sub}\">End all sessions of {name}</button>\n</form></li>\n",
        name = escape(name),
        here = if is_here {
            " <span class=\"tag current\">this browser</span>"
        } else {
            ""
        },
        since = since(now - session.auth_time),
        clients = escape(&clients),
        action = escape(&provider.issuer.path(END)),
        sid = escape(&session.sid),
        sub = escape(&session.sub),
    )
}

/// How applications are told.
const TOLD: &str = "<label>Applications are told <select name=\"told\">\
    <option value=\"now\">at once</option>\
    <option value=\"later\">five seconds later</option>\
    <option value=\"frames\">by frames only</option>\
    <option value=\"nobody\">not at all</option></select></label>";

/// How long ago, of seconds.
fn since(age: i64) -> String {
    match age / 60 {
        i64::MIN..=0 => "signed in just now".to_owned(),
        minutes @ 1..=59 => format!("signed in {minutes} min ago"),
        minutes => format!("signed in {} h {} min ago", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::since;

    #[test]
    fn an_age_is_told_in_hours_and_minutes() {
        assert_eq!(since(59), "signed in just now");
        assert_eq!(since(60), "signed in 1 min ago");
        assert_eq!(since(2 * 3600 + 5 * 60 + 1), "signed in 2 h 5 min ago");
    }
}
