//! The providers as buttons: links to start a sign-in, forms to start anything sensitive, which another site's link must
//! not start.

use leptos::prelude::*;

use super::{
    form::{PostForm, hidden},
    mark::ProviderMark,
};
use crate::ui::{
    islands::provider_link::ProviderLink,
    links,
    markup::{IntoMarkup, Markup},
    view::ProviderButton,
};

/// From this many on, they form two columns if there is room.
const MANY: usize = 4;

/// How many are shown before the others are folded away; one more than that is not worth a fold.
const FEW: usize = 3;

/// `account` names the account to continue as.
#[component]
pub fn SignInMethods(
    providers: Vec<ProviderButton>,
    return_to: Option<String>,
    #[prop(optional, into)] account: Option<String>,
) -> impl IntoView {
    let many = providers.len() >= MANY;
    let to = return_to.as_deref();
    let methods: Vec<_> = providers.into_iter().map(|method| link(method, to, account.as_deref())).collect();
    list(many, methods)
}

/// The first few, and the others behind "More options".
#[component]
pub fn FewMethods(mut providers: Vec<ProviderButton>, return_to: Option<String>) -> impl IntoView {
    let shown = if providers.len() > FEW + 1 { FEW } else { providers.len() };
    let others = providers.split_off(shown);
    let to = return_to.clone();
    view! {
        <SignInMethods providers return_to=to />
        {(!others.is_empty())
            .then(|| {
                view! {
                    <details class="more is-centred">
                        <summary class="button is-plain is-small">"More options"</summary>
                        <SignInMethods providers=others return_to />
                    </details>
                }
            })}
    }
}

#[component]
pub fn MethodsByPost(
    providers: Vec<ProviderButton>,
    action: &'static str,
    #[prop(optional_no_strip)] return_to: Option<String>,
    #[prop(optional_no_strip)] link: Option<String>,
    #[prop(default = "Continue with")] inviting: &'static str,
) -> impl IntoView {
    let many = providers.len() >= MANY;
    let methods: Vec<_> = providers
        .into_iter()
        .map(|method| form(method, action, [("return_to", return_to.clone()), ("link", link.clone())], inviting))
        .collect();
    list(many, methods)
}

fn list(many: bool, methods: Vec<Markup>) -> Markup {
    view! {
        <ul class="ways" class:is-many=many role="list">
            {methods}
        </ul>
    }
    .into_markup()
}

fn link(mut provider: ProviderButton, return_to: Option<&str>, account: Option<&str>) -> Markup {
    let href = links::sign_in(&provider.slug, return_to);
    // Its name says it.
    provider.last_used &= account.is_none();
    let described_by = note_id(&provider);
    let inviting = match account {
        Some(account) => format!("Continue as {account} ·"),
        None => "Continue with".to_owned(),
    };
    let label = label(&provider, &inviting);
    let button = view! {
        <ProviderLink>
            <a class="provider" href=href rel="nofollow" aria-describedby=described_by>
                {label}
            </a>
        </ProviderLink>
    };
    method(provider, button.into_markup())
}

fn form(
    provider: ProviderButton,
    action: &'static str,
    fields: [(&'static str, Option<String>); 2],
    inviting: &'static str,
) -> Markup {
    let described_by = note_id(&provider);
    let label = label(&provider, inviting);
    let slug = provider.slug.clone();
    let button = view! {
        <PostForm action class="form-of-a-button">
            {hidden("provider", slug)}
            {fields.into_iter().filter_map(|(name, value)| Some(hidden(name, value?))).collect_view()}
            <button class="provider" type="submit" aria-describedby=described_by>
                {label}
            </button>
        </PostForm>
    };
    method(provider, button.into_markup())
}

/// The mark, and two texts of which the style sheet shows one.
fn label(provider: &ProviderButton, inviting: &str) -> Markup {
    let inviting = format!("{inviting} {}", provider.label);
    let opening = format!("Opening {}…", provider.label);
    view! {
        <ProviderMark slug=provider.slug.clone() />
        <span class="provider-texts" aria-live="polite">
            <span class="provider-inviting">{inviting}</span>
            <span class="provider-opening">{opening}</span>
        </span>
        <span class="provider-spinner" aria-hidden="true"></span>
    }
    .into_markup()
}

/// Badge and state stand beside the button, so that its accessible name stays "Continue with …".
fn method(provider: ProviderButton, button: Markup) -> Markup {
    let note_id = note_id(&provider);
    let ProviderButton { slug, label, last_used, available, .. } = provider;
    let unavailable = (!available).then(|| format!("{label} isn't responding right now. You can still try."));
    view! {
        <li class="way" class:is-away=!available data-brand=slug>
            {button}
            {note_id
                .map(|note_id| {
                    view! {
                        <div class="way-notes" id=note_id>
                            {last_used.then(|| view! { <span class="badge">"Last used"</span> })}
                            {unavailable.map(|text| view! { <span class="way-away">{text}</span> })}
                        </div>
                    }
                })}
        </li>
    }
    .into_markup()
}

fn note_id(provider: &ProviderButton) -> Option<String> {
    (provider.last_used || !provider.available).then(|| format!("way-{}", provider.slug))
}
