//! Where the person is signed in, and how to sign out there.

use leptos::prelude::*;

use super::{row::row, section};
use crate::ui::{
    components::{
        device_icon::DeviceIcon,
        form::{PostForm, Submit, hidden},
        mark::PASSWORD,
        timestamp::Ago,
    },
    markup::{IntoMarkup, Markup},
    view::DeviceView,
};

pub fn devices(devices: Vec<DeviceView>) -> Markup {
    let several = devices.iter().any(|device| !device.here);
    let rows: Vec<_> = devices.into_iter().map(device).collect();
    let body = view! {
        <ul class="rows" role="list">
            {rows}
        </ul>
        {several
            .then(|| {
                view! {
                    <div class="card-steps">
                        <PostForm action="/settings/sessions/end-others">
                            <Submit
                                text="Sign out everywhere else"
                                busy="Signing out everywhere else…"
                                look="button is-quiet"
                            />
                        </PostForm>
                    </div>
                }
            })}
    };
    section("devices", "Where you're signed in", body.into_markup())
}

fn device(device: DeviceView) -> Markup {
    let DeviceView { id, device, ip, method, method_slug, first_seen, last_seen, here } = device;
    let with = if method_slug == PASSWORD { "a password".to_owned() } else { method };
    // The IP address distinguishes two sessions of the same kind of browser.
    let to = Some(format!("{device}, {ip}"));
    let end = (!here).then(|| {
        view! {
            <PostForm action="/settings/sessions/end" class="form-of-a-button">
                {hidden("session", id)}
                <Submit text="Sign out" busy="Signing out…" look="button is-plain is-small" to />
            </PostForm>
        }
        .into_markup()
    });
    let seen = view! { "Last seen " <Ago unix=last_seen /> }.into_markup();
    let signed_in = view! { "Signed in " <Ago unix=first_seen /> " with " {with} }.into_markup();
    let this = here.then_some(("is-good", "This browser"));
    let icon = view! {
        <span class="row-mark">
            <DeviceIcon />
        </span>
    };
    row(icon.into_markup(), device, this, vec![seen, signed_in, ip.into_markup()], end)
}
