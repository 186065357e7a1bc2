//! The pages, the file and the text.

use axum::{
    extract::{Path, RawQuery},
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};

use super::{
    access::Viewer,
    attacks::attacks,
    recording::now,
    view::{compare_view, list_view, others, tour_view, walkthrough_view},
};
use crate::{
    codes::percent::encode,
    inspect::{Audience, Outcome, Walkthrough, walkthrough_text},
    ui::{
        plain_document::{compare_html, inspect_html, tour_html, walkthrough_file, walkthrough_html},
        view::WalkthroughView,
    },
    web::{query::Query, redirect::see_other},
};

/// GET `/inspect`
pub async fn list(viewer: Viewer) -> Response {
    let view = list_view(&viewer.recorder.summaries(now()), viewer.is_developer(), attacks(&viewer));
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

async fn opened(viewer: &Viewer, id: &str) -> Result<Walkthrough, Response> {
    let flow = viewer.recorder.find(id, now()).ok_or_else(|| StatusCode::NOT_FOUND.into_response())?;
    viewer.opened(&flow.id).await?;
    Ok(Walkthrough::of(&flow))
}
