//! The providers as buttons. Where a sign-in starts each is a link that works by itself; where something sensitive
//! starts each is a form, as no link of somebody else's may start that.

use leptos::prelude::*;

use super::{
    form::{PostForm, hidden},
    mark::ProviderMark,
};
use crate::ui::{islands::provider_link::ProviderLink, links, view::ProviderButton};

/// From so many on they stand side by side where there is room.
const MANY: usize = 4;

/// "Continue with …", as links.
#[component]
pub fn SignInMethods(
    /// The providers, in their order.
    providers: Vec<ProviderButton>,
    /// Where to go after the sign-in.
    return_to: Option<String>,
) -> impl IntoView {
    let many = providers.len() >= MANY;
    let methods: Vec<_> = providers.into_iter().map(|method| link(method, return_to.as_deref())).collect();
    list(many, methods)
}

/// "Continue with …", as forms that say which provider it is.
#[component]
pub fn MethodsByPost(
    /// The providers, in their order.
    providers: Vec<ProviderButton>,
    /// The address of the forms.
    action: &'static str,
    /// Where to go afterwards.
    #[prop(optional_no_strip)]
    return_to: Option<String>,
    /// What waits at the link prompt, by its name.
    #[prop(optional_no_strip)]
    link: Option<String>,
    /// What the buttons say before the provider's name.
    #[prop(default = "Continue with")]
    inviting: &'static str,
) -> impl IntoView {
    let many = providers.len() >= MANY;
    let methods: Vec<_> = providers
        .into_iter()
        .map(|method| form(method, action, [("return_to", return_to.clone()), ("link", link.clone())], inviting))
        .collect();
    list(many, methods)
}

fn list(many: bool, methods: Vec<AnyView>) -> AnyView {
    view! {
        <ul class="ways" class:is-many=many role="list">
            {methods}
        </ul>
    }
    .into_any()
}

fn link(provider: ProviderButton, return_to: Option<&str>) -> AnyView {
    let href = links::sign_in(&provider.slug, return_to);
    let described_by = note_id(&provider);
    let face = face(&provider, "Continue with");
    let button = view! {
        <ProviderLink>
            <a class="provider" href=href rel="nofollow" aria-describedby=described_by>
                {face}
            </a>
        </ProviderLink>
    };
    method(provider, button.into_any())
}

fn form(
    provider: ProviderButton,
    action: &'static str,
    fields: [(&'static str, Option<String>); 2],
    inviting: &'static str,
) -> AnyView {
    let described_by = note_id(&provider);
    let face = face(&provider, inviting);
    let slug = provider.slug.clone();
    let button = view! {
        <PostForm action class="form-of-a-button">
            {hidden("provider", slug)}
            {fields.into_iter().filter_map(|(name, value)| Some(hidden(name, value?))).collect_view()}
            <button class="provider" type="submit" aria-describedby=described_by>
                {face}
            </button>
        </PostForm>
    };
    method(provider, button.into_any())
}

/// What is on a button: the mark, and two texts of which one shows.
fn face(provider: &ProviderButton, inviting: &str) -> AnyView {
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
    .into_any()
}

/// One button, with its badge and its state beside it, so that the button's name stays "Continue with …".
fn method(provider: ProviderButton, button: AnyView) -> AnyView {
    let note_id = note_id(&provider);
    let ProviderButton { slug, label, last_used, available, .. } = provider;
    let unavailable = (!available).then(|| format!("{label} is not answering at the moment. You can still try."));
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
    .into_any()
}

fn note_id(provider: &ProviderButton) -> Option<String> {
    (provider.last_used || !provider.available).then(|| format!("way-{}", provider.slug))
}
