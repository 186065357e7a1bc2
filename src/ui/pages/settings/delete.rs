//! `/settings/delete`: deletes the account, after listing everything that goes with it.

use leptos::prelude::*;

use crate::codes::settings_page::SettingsPage;
use crate::ui::{
    components::{
        card_page::Step,
        field::TextField,
        form::{PostForm, Submit},
    },
    markup::{IntoMarkup, Markup},
    pages::drawn,
    view::DeleteView,
    wording::{self, Concern},
};

#[component]
pub fn DeletePage() -> Markup {
    drawn(draw)
}

fn draw(delete: DeleteView) -> Markup {
    let DeleteView { who, word, affected_access, form_error } = delete;
    let invalid = form_error.map(wording::concern) == Some(Concern::Word);
    view! {
        <Step above=SettingsPage::Activity title="Delete your account" heading="Delete your account" failed=form_error.is_some()>
            <div class="prose">
                <p>"This permanently deletes the account of " <strong>{who}</strong> ":"</p>
                <ul>
                    <li>"Your name, picture and email address"</li>
                    <li>"Your password and all linked accounts"</li>
                    <li>"All sessions, including this one"</li>
                </ul>
                {wording::access::revoked_access(&affected_access).map(|text| view! { <p>{text}</p> })}
                <p>
                    "Your accounts at the providers aren't affected. We'll confirm by email. You can "
                    <a href="/settings/data.json" download>
                        "download your data"
                    </a> " first."
                </p>
            </div>
            <PostForm action="/settings/delete" form_error>
                <TextField name="word" label=format!("Type “{word}” to confirm") required=true invalid />
                <Submit text="Delete my account" busy="Deleting…" look="button is-grave" />
            </PostForm>
        </Step>
    }
    .into_markup()
}
