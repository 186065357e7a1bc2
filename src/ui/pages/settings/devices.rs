//! Where the person is signed in, and how to sign out there.

use leptos::prelude::*;

use super::{identities::mark, section};
use crate::ui::{
    components::{
        form::{PostForm, Submit, hidden},
        mark::PASSWORD,
        timestamp::Timestamp,
    },
    view::DeviceView,
};

pub fn devices(devices: Vec<DeviceView>) -> AnyView {
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
    section("devices", body.into_any())
}

fn device(device: DeviceView) -> AnyView {
    let DeviceView { id, device, ip, method, method_slug, first_seen, last_seen, here } = device;
    let with = if method_slug == PASSWORD { "a password".to_owned() } else { method };
    // The IP address distinguishes two sessions of the same kind of browser.
    let to = Some(format!("{device}, {ip}"));
    let end = (!here).then(|| {
        view! {
            <PostForm action="/settings/sessions/end" class="form-of-a-button">
                {hidden("session", id)}
                <Submit text="Sign out" busy="Signing out…" look="button is-quiet is-small" to />
            </PostForm>
        }
    });
    view! {
        <li class="row">
            {mark(method_slug)}
            <div class="row-what">
                <h3 class="row-title">
                    {device} " " {here.then(|| view! { <span class="badge is-good">"This browser"</span> })}
                </h3>
                <p class="row-told">"With " {with} ", from " {ip}</p>
                <p class="row-told">"Signed in " <Timestamp unix=first_seen /></p>
                <p class="row-told">"Last seen " <Timestamp unix=last_seen /></p>
            </div>
            {end}
        </li>
    }
    .into_any()
}
