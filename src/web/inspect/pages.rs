//! The pages, the file and the text.

use axum::{
    extract::{Path, RawQuery},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    access::Viewer,
    attacks::attacks,
    on_demand::recording_view,
    recording::now,
    view::{compare_view, list_view, others, tour_view, walkthrough_view},
};
use crate::{
    accounts::AuditEvent,
    codes::percent::encode,
    inspect::{Audience, Outcome, SourceText, Walkthrough, source_text, walkthrough_text},
    ui::{
        plain_document::{
            WALKTHROUGH_STYLE, compare_html, inspect_html, source_html, tour_html, walkthrough_file, walkthrough_html,
        },
        view::{InspectView, SourceFileView, WalkthroughView},
    },
    web::{query::Query, redirect::see_other},
};

/// GET `/inspect`
pub async fn list(viewer: Viewer) -> Response {
    let view = InspectView {
        recording: recording_view(&viewer),
        attacks: attacks(&viewer),
        ..list_view(&viewer.recorder.summaries(now()), viewer.is_developer())
    };
    Html(inspect_html(view, &viewer.app.assets)).into_response()
}

/// GET `/inspect/last`: the newest flow that was refused, else the list.
pub async fn last(viewer: Viewer) -> Response {
    let refused = viewer.recorder.summaries(now()).into_iter().find(|flow| flow.outcome == Outcome::Refused);
    see_other(&refused.map_or_else(|| "/inspect".to_owned(), |flow| format!("/inspect/{}", encode(&flow.id))))
}

/// GET `/inspect/{id}`
pub async fn walkthrough(viewer: Viewer, Path(id): Path<String>) -> Response {
    match opened(&viewer, &id).await {
        Ok(walkthrough) => {
            let others = others(&viewer.recorder.summaries(now()), &walkthrough.id);
            let view = WalkthroughView { others, ..walkthrough_view(&walkthrough, Audience::Here) };
            Html(walkthrough_html(view, &viewer.app.assets)).into_response()
        }
        Err(response) => response,
    }
}

/// GET `/inspect/{id}/tour`
pub async fn tour(viewer: Viewer, Path(id): Path<String>) -> Response {
    match opened(&viewer, &id).await {
        Ok(walkthrough) => Html(tour_html(tour_view(&walkthrough, Audience::Here), &viewer.app.assets)).into_response(),
        Err(response) => response,
    }
}

/// GET `/inspect/compare?one=…&other=…`
pub async fn compare(viewer: Viewer, RawQuery(query): RawQuery) -> Response {
    let query = Query::parse(query.as_deref());
    let (Some(one), Some(other)) = (query.one("one"), query.one("other")) else { return see_other("/inspect") };
    match (opened(&viewer, one).await, opened(&viewer, other).await) {
        (Ok(one), Ok(other)) => Html(compare_html(compare_view(&one, &other), &viewer.app.assets)).into_response(),
        (Err(response), _) | (_, Err(response)) => response,
    }
}

/// GET `/inspect/{id}/file`: a download.
pub async fn file(viewer: Viewer, Path(id): Path<String>) -> Response {
    match opened(&viewer, &id).await {
        Ok(walkthrough) => {
            let html = walkthrough_file(walkthrough_view(&walkthrough, Audience::Everyone));
            let disposition = "attachment; filename=\"latchkey-walkthrough.html\"";
            ([(header::CONTENT_DISPOSITION, disposition)], Html(html)).into_response()
        }
        Err(response) => response,
    }
}

/// GET `/inspect/{id}/text`: for `latchkey explain-flow`. `id` may be that of a request.
pub async fn text(viewer: Viewer, Path(id): Path<String>) -> Response {
    match opened(&viewer, &id).await {
        Ok(walkthrough) => walkthrough_text(&walkthrough).into_response(),
        Err(response) => response,
    }
}

/// GET `/inspect/source/{file}`: the text of a file that a walkthrough names, as this program was built from it.
pub async fn source(viewer: Viewer, Path(file): Path<String>) -> Response {
    match source_text(&file) {
        Some(SourceText { file, text }) => {
            Html(source_html(SourceFileView { file, text }, &viewer.app.assets)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// GET `/inspect/style.css`: a sheet of its own, so that no other page carries it.
pub async fn style(_: Viewer) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, WALKTHROUGH_STYLE).into_response()
}

async fn opened(viewer: &Viewer, id: &str) -> Result<Walkthrough, Response> {
    let flow = viewer.recorder.find(id, now()).ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    viewer.note(&AuditEvent::FlowInspected { flow: flow.id.clone() }).await?;
    Ok(Walkthrough::of(&flow))
}
