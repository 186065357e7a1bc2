//! `/signup`: the account is created once the email's link is confirmed, or by a provider.

use leptos::prelude::*;

use super::drawn;
use crate::ui::{
    components::{
        card_page::{CardPage, Divider},
        field::{EmailField, NewPasswordField, of_email, of_password},
        form::{FormErrorNotice, PostForm, Submit},
        sign_in_methods::FewMethods,
    },
    links,
    markup::{IntoMarkup, Markup},
    view::{AdmitsView, SignUpView},
    wording,
};

#[component]
pub fn SignUpPage() -> Markup {
    drawn(draw)
}

fn draw(sign_up: SignUpView) -> Markup {
    let SignUpView { providers, password, return_to, email, form_error, admits } = sign_up;
    let Some(condition) = condition(&admits) else { return closed(return_to.as_deref()) };
    let concern = form_error.map(wording::concern);
    let several = !providers.is_empty() && password;
    let lead = match (providers.is_empty(), password) {
        (_, false) => "Choose an account to sign up with. This site doesn't use passwords.",
        (true, true) => "Use your email address and choose a password.",
        (false, true) => "Use your email and a password, or an account that you have already.",
    };
    let to = return_to.clone();
    let sign_in = links::login(return_to.as_deref());
    let without_form = (!password).then(|| view! { <FormErrorNotice form_error return_to=return_to.clone() /> });
    view! {
        <CardPage title="Create an account" heading="Create your account" failed=form_error.is_some()>
            <p class="lead">{lead}</p>
            {condition}
            {without_form}
            {password
                .then(|| {
                    view! {
                        <PostForm action="/auth/password/sign-up" return_to=to form_error>
                            <EmailField value=email invalid=of_email(concern) />
                            <NewPasswordField label="Password" invalid=of_password(concern) />
                            <Submit text="Create account" busy="Sending email…" />
                            <p class="fine-print">"We'll email you a link to finish signing up."</p>
                        </PostForm>
                    }
                })}
            {several.then(|| view! { <Divider /> })}
            {(!providers.is_empty()).then(|| view! { <FewMethods providers return_to /> })}
            <p class="turns">
                <span>"Already have an account? " <a href=sign_in>"Sign in"</a></span>
            </p>
        </CardPage>
    }
    .into_markup()
}

/// Who may sign up, if not everyone; `None` if no one may.
fn condition(admits: &AdmitsView) -> Option<Option<Markup>> {
    let text = match admits {
        AdmitsView::Everyone => return Some(None),
        AdmitsView::Invited => {
            "You need an invitation. Use the address that it was sent to, or open the link in its email.".to_owned()
        }
        AdmitsView::Domains(domains) => {
            format!("Use an email address of {}, or one that was invited.", domains.join(" or "))
        }
        AdmitsView::NoOne => return None,
    };
    Some(Some(view! { <p class="fine-print">{text}</p> }.into_markup()))
}

fn closed(return_to: Option<&str>) -> Markup {
    let sign_in = links::login(return_to);
    view! {
        <CardPage title="Sign-up is closed" heading="Sign-up is closed" failed=false>
            <p class="lead">"New accounts aren't being created here. If you have an account, sign in."</p>
            <p class="turns">
                <a href=sign_in>"Sign in"</a>
            </p>
        </CardPage>
    }
    .into_markup()
}
