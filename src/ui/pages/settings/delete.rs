//! `/settings/delete`: the account is to go. What goes with it is said before, not after.

use leptos::prelude::*;

use crate::ui::{
    components::{
        card_page::Step,
        field::TextField,
        form::{PostForm, Submit},
    },
    pages::drawn,
    view::DeleteView,
    wording::{self, Concern},
};

/// The page, drawn from the [`DeleteView`] in the context.
#[component]
pub fn DeletePage() -> impl IntoView {
    drawn(draw)
}

fn draw(delete: DeleteView) -> AnyView {
    let DeleteView { who, word, gives_back, form_error } = delete;
    let troubled = form_error.map(wording::concern) == Some(Concern::Word);
    view! {
        <Step title="Delete your account" heading="Delete your account" failed=form_error.is_some()>
            <div class="prose">
                <p>"This deletes the account of " <strong>{who}</strong> ", at once and for good:"</p>
                <ul>
                    <li>"your name, your picture and your e-mail address,"</li>
                    <li>"your password and every link to a provider,"</li>
                    <li>"every browser that is signed in, this one too."</li>
                </ul>
                {wording::access::revoked_access(&gives_back).map(|told| view! { <p>{told}</p> })}
                <p>
                    "Your accounts at the providers stay as they are. A last letter tells you of it. You can "
                    <a href="/settings/data.json" download>
                        "download your data"
                    </a> " before."
                </p>
            </div>
            <PostForm action="/settings/delete" form_error>
                <TextField name="word" label=format!("Type “{word}” to go on") required=true troubled />
                <Submit text="Delete my account" busy="Deleting…" look="button is-grave" />
            </PostForm>
        </Step>
    }
    .into_any()
}
