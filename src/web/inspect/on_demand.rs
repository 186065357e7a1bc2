//! Recording on demand: for everybody, or for one browser by a link. It ends by itself.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{access::Viewer, recording::now};
use crate::{
    accounts::{AuditEvent, RecordedPeople},
    codes::percent::encode,
    inspect::{Link, Recorder, RecordingMode, SwitchedOn, WINDOW},
    ui::{
        plain_document::recording_offer_html,
        view::{RecordingLinkView, RecordingView},
    },
    web::{query::Query, redirect::see_other, state::AppState},
};

/// What the page shows of it; `None` where everything is recorded always.
pub(super) fn recording_view(viewer: &Viewer) -> Option<RecordingView> {
    let switch = viewer.recorder.switch();
    if switch.mode() == RecordingMode::Always {
        return None;
    }
    let SwitchedOn { everyone_until, links } = switch.switched_on(now());
    let link = |link: Link| RecordingLinkView {
        url: (!link.is_accepted).then(|| format!("{}{}", viewer.app.origin, path_of(&link.token))),
        until: link.until / 1000,
    };
    let everyone_until = everyone_until.map(|until| until / 1000);
    Some(RecordingView { everyone_until, links: links.into_iter().map(link).collect() })
}

fn path_of(token: &str) -> String {
    format!("/inspect/recording/{}", encode(token))
}

/// POST `/inspect/recording` with `of`: `everyone`, `one_browser` or `nobody`.
pub async fn switch(viewer: Viewer, form: String) -> Response {
    let form = Query::parse(Some(&form));
    let of = form.one("of").map(|of| (of, RecordedPeople::from_code(of)));
    let event = match of {
        Some((_, Some(of))) => AuditEvent::RecordingStarted { of },
        Some(("nobody", None)) => AuditEvent::RecordingStopped,
        _ => return StatusCode::BAD_REQUEST.into_response(),
    };
    if !viewer.is_a_person() || viewer.recorder.switch().mode() == RecordingMode::Always {
        return StatusCode::NOT_FOUND.into_response();
    }
    if let Err(response) = viewer.note(&event).await {
        return response;
    }
    let switch = viewer.recorder.switch();
    match event {
        AuditEvent::RecordingStarted { of: RecordedPeople::Everyone } => switch.record_everyone(now()),
        AuditEvent::RecordingStarted { of: RecordedPeople::OneBrowser } => {
            if let Err(error) = switch.add_link(now()) {
                tracing::error!(%error, "cannot make a link");
                return StatusCode::SERVICE_UNAVAILABLE.into_response();
            }
        }
        _ => switch.stop(),
    }
    see_other("/inspect")
}

/// GET `/inspect/recording/{token}`: asks the visitor.
pub async fn offer(State(app): State<AppState>, Path(token): Path<String>) -> Response {
    match recorder(&app).is_some_and(|recorder| recorder.switch().has(&token, false, now())) {
        true => Html(recording_offer_html(path_of(&token), &app.assets)).into_response(),
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// POST `/inspect/recording/{token}`: the visitor agrees.
pub async fn accept(State(app): State<AppState>, Path(token): Path<String>) -> Response {
    let cookie = app.cookies.set_recording(&token, WINDOW / 1000);
    match cookie.filter(|_| recorder(&app).is_some_and(|recorder| recorder.switch().accept(&token, now()))) {
        Some(cookie) => {
            let mut response = see_other("/login");
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            response
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn recorder(app: &AppState) -> Option<&Recorder> {
    app.recorder.as_ref()
}
