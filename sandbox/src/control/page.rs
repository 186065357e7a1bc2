//! The control page.

use axum::extract::State;
use serde_json::{Map, json};

use super::presets;
use crate::log::Entry;
use crate::page::{Page, escape};
use crate::state::{Provider, SandboxState, SharedState};

/// `GET /control`.
pub async fn page(State(shared): State<SharedState>) -> Page {
    let mut state = shared.lock();
    let persons = persons(&state);
    let main = format!(
        r#"<div class="wide">
<h1>Control</h1>
<p>Make the providers misbehave. The JSON API does the same: <a href="/control/state">state</a>,
<a href="/control/presets">presets</a>, <a href="/control/requests">requests</a>.</p>
<div class="grid">
<form method="post" action="/control/form">
<h2>Misbehave</h2>
<label for="who">Provider</label>
<select id="who" name="provider">{providers}</select>
<label for="preset">Misbehaviour</label>
<select id="preset" name="preset">{presets}</select>
<label for="whom">Person</label>
<select id="whom" name="person"><option value="">Everyone</option>{persons}</select>
<label for="times">Times</label>
<select id="times" name="times"><option value="1">Once</option><option value="3">3 times</option><option value="">Until disarmed</option></select>
<div class="actions"><button class="button primary" name="command" value="presets">Arm</button></div>
</form>
<form method="post" action="/control/form">
<h2>Auto consent</h2>
<label for="auto-at">Provider</label>
<select id="auto-at" name="provider">{providers}</select>
<label for="auto">Sign in as</label>
<select id="auto" name="person"><option value="">Off: show the pages</option>{persons}</select>
<label for="auto-times">Times</label>
<select id="auto-times" name="times"><option value="1">Once</option><option value="">Always</option></select>
<div class="actions"><button class="button" name="command" value="auto_consent">Set</button></div>
</form>
<form method="post" action="/control/form">
<h2>Issuer in the authorization response</h2>
<label for="iss-of">Provider</label>
<select id="iss-of" name="provider">{providers}</select>
<label for="iss"><code>iss</code></label>
<select id="iss" name="iss"><option value="right">Correct issuer</option><option value="wrong">Another issuer (mix-up)</option><option value="off">Omit</option></select>
<div class="actions"><button class="button" name="command" value="iss">Set</button></div>
</form>
<form method="post" action="/control/form">
<h2>Tell the application</h2>
<label for="teller">Provider</label>
<select id="teller" name="provider">{providers}</select>
<label for="event">Message</label>
<select id="event" name="event"><option value="logout">Signed out (back-channel logout)</option><option value="sessions-revoked">Sessions revoked</option><option value="tokens-revoked">Tokens revoked</option><option value="account-disabled hijacking">Account hijacked</option><option value="account-disabled">Account disabled</option><option value="account-enabled">Account enabled</option><option value="account-purged">Account purged</option><option value="verification">Verification</option><option value="email-disabled">Apple: email disabled</option><option value="email-enabled">Apple: email enabled</option><option value="consent-revoked">Apple: consent revoked</option><option value="account-deleted">Apple: account deleted</option><option value="deauthorized">Facebook: app removed</option><option value="data-deletion">Facebook: delete my data</option><option value="revoked">GitHub: app revoked</option><option value="ping">GitHub: ping</option></select>
<label for="about">About</label>
<select id="about" name="person">{persons}</select>
<div class="actions"><button class="button" name="command" value="event">Send</button></div>
</form>
<form method="post" action="/control/form">
<h2>Mail</h2>
<label for="mail">Behaviour</label>
<select id="mail" name="behave"><option value="normal">Normal</option><option value="refuse_connections">Refuse connections</option><option value="greylist">Greylist (451)</option><option value="reject">Reject recipients (550)</option><option value="deny_relay">Deny relaying (554)</option><option value="hang">Hang</option><option value="drop_after_data">Drop the connection after DATA</option></select>
<label for="mail-times">Times</label>
<select id="mail-times" name="times"><option value="1">Once</option><option value="">Until changed</option></select>
<div class="actions"><button class="button" name="command" value="mail">Set</button></div>
</form>
<div>
<h2>Keys</h2>
<form method="post" action="/control/form"><input type="hidden" name="command" value="keys">
<label for="whose">Provider</label>
<select id="whose" name="provider">{providers}</select>
<div class="actions">
<button class="button" name="action" value="rotate">Rotate now</button>
<button class="button" name="action" value="rotate_before_signing">Rotate before the next signature</button>
<button class="button" name="action" value="withdraw_old">Withdraw old keys</button>
</div></form>
<details><summary>Published keys</summary><p class="quiet">{keys}</p></details>
</div>
</div>
<h2>Armed misbehaviour</h2>
<details><summary>As JSON</summary><pre tabindex="0" role="region" aria-label="Armed misbehaviours">{armed}</pre></details>
<form method="post" action="/control/form"><div class="actions">
<button class="button primary" name="command" value="behave">Disarm all</button>
<button class="button" name="command" value="forget_consent">Forget consent</button>
<button class="button" name="command" value="clear_requests">Clear request log</button>
<button class="button" name="command" value="clear_emails">Empty inbox</button>
<button class="button" name="command" value="reset">Reset everything</button>
</div></form>
<h2 id="requests">Latest requests</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="requests"><table>
<thead><tr><th scope="col">No.</th><th scope="col">Request</th><th scope="col">Endpoint</th><th scope="col">Client authentication</th><th scope="col">Fields</th><th scope="col">Status</th></tr></thead>
<tbody>{requests}</tbody></table></div>
</div>"#,
        presets = options(),
        providers = providers(),
        keys = keys(&mut state),
        armed = escape(&armed(&mut state)),
        requests = state.log.entries(None).rev().take(30).map(row).collect::<String>(),
    );
    Page::new("providers", "Control", main)
}

fn keys(state: &mut SandboxState) -> String {
    let mut html = String::new();
    for provider in Provider::ALL {
        html.push_str(&format!("{}: ", provider.label()));
        let published = state.provider(*provider).keys.published();
        html.extend(published.map(|key| format!("<code>{}</code><br>", escape(&key.kid))));
    }
    html
}

fn persons(state: &SandboxState) -> String {
    let option = |(id, label): (&str, &str)| format!(r#"<option value="{}">{}</option>"#, escape(id), escape(label));
    state.persons.all().iter().map(|person| option((&person.id, person.label()))).collect()
}

fn options() -> String {
    let presets = presets::all();
    let mut html = String::new();
    for group in presets.chunk_by(|one, other| one.group == other.group) {
        let options: String = group
            .iter()
            .map(|preset| format!(r#"<option value="{}">{}</option>"#, escape(&preset.name), escape(&preset.what)))
            .collect();
        html.push_str(&format!(r#"<optgroup label="{}">{options}</optgroup>"#, escape(&group[0].group)));
    }
    html
}

fn providers() -> String {
    let option = |provider: &Provider| format!(r#"<option value="{}">{}</option>"#, provider.slug(), provider.label());
    Provider::ALL.iter().map(option).collect()
}

fn armed(state: &mut SandboxState) -> String {
    let mut armed = Map::from_iter([("mail".to_owned(), json!(state.mail.misbehaviour()))]);
    for provider in Provider::ALL {
        let mock = state.provider(*provider);
        let of_one =
            json!({"id_token": mock.patches, "faults": mock.faults, "iss": mock.iss, "auto_consent": mock.tokens.auto});
        armed.insert(provider.slug().to_owned(), of_one);
    }
    serde_json::to_string_pretty(&armed).unwrap_or_default()
}

fn row(entry: &Entry) -> String {
    let status = entry.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
    let fields = json!({"query": entry.query, "form": entry.form}).to_string();
    let cells = [
        entry.seq.to_string(),
        format!("{} {}", entry.method, entry.path),
        entry.endpoint.clone(),
        entry.client_auth.to_owned(),
        fields.chars().take(300).collect(),
        status,
    ];
    format!("<tr>{}</tr>", cells.map(|cell| format!("<td>{}</td>", escape(&cell))).concat())
}
