//! `/data-deletion`: what became of a request to delete data that a provider passed on.

use super::page_request::{PageRequest, PageResult};
use crate::{
    accounts::DataDeletion,
    store::DataDeletionRequest,
    ui::{
        page::Page,
        view::{DataDeletionView, DeletionOutcome},
    },
};

/// GET `/data-deletion`. Names nobody: the code is all that its visitor needs.
pub async fn data_deletion(request: PageRequest) -> PageResult {
    let view = match request.query.one("code").filter(|code| !code.trim().is_empty()) {
        None => DataDeletionView::Ask,
        Some(code) => match request.app.database.data_deletion(code.trim()).await? {
            None => DataDeletionView::Unknown,
            Some(known) => shown(&request, &known),
        },
    };
    request.draw(Page::DataDeletion, view)
}

fn shown(request: &PageRequest, known: &DataDeletionRequest) -> DataDeletionView {
    let outcome = match known.outcome {
        DataDeletion::AccountDeleted => DeletionOutcome::AccountDeleted,
        DataDeletion::ProviderDataDeleted => DeletionOutcome::ProviderDataDeleted,
        DataDeletion::NothingHeld => DeletionOutcome::NothingHeld,
        DataDeletion::Withheld => DeletionOutcome::Withheld,
    };
    let provider = request.label(&known.provider);
    DataDeletionView::Known { provider, outcome, requested_at: known.requested_at.unix_timestamp() }
}
