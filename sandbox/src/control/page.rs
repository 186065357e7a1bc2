//! The control page: what the sandbox does at the moment, and buttons to change it.

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
<p>Tell the providers how to behave. Tests do the same by JSON: <a href="/control/state">state</a>,
<a href="/control/presets">misbehaviours by name</a>, <a href="/control/requests">requests</a>.</p>
<div class="grid">
<form method="post" action="/control/form">
<h2>Misbehave</h2>
<label for="who">Who</label>
<select id="who" name="provider">{providers}</select>
<label for="preset">What</label>
<select id="preset" name="preset">{presets}</select>
<label for="whom">For whom</label>
<select id="whom" name="person"><option value="">Everybody</option>{persons}</select>
<label for="times">How often</label>
<select id="times" name="times"><option value="1">Once</option><option value="3">Three times</option><option value="">Until it behaves again</option></select>
<div class="actions"><button class="button primary" name="command" value="presets">Misbehave</button></div>
</form>
<form method="post" action="/control/form">
<h2>Sign in without a page</h2>
<label for="auto-at">Where</label>
<select id="auto-at" name="provider">{providers}</select>
<label for="auto">As whom</label>
<select id="auto" name="person"><option value="">Nobody: ask as usual</option>{persons}</select>
<label for="auto-times">How often</label>
<select id="auto-times" name="times"><option value="1">Once</option><option value="">Always</option></select>
<div class="actions"><button class="button" name="command" value="auto_consent">Set</button></div>
</form>
<form method="post" action="/control/form">
<h2>Name the issuer in the answer</h2>
<label for="iss-of">Who</label>
<select id="iss-of" name="provider">{providers}</select>
<label for="iss">What is sent as <code>iss</code></label>
<select id="iss" name="iss"><option value="right">The right issuer</option><option value="wrong">Another one (mix-up)</option><option value="off">Nothing</option></select>
<div class="actions"><button class="button" name="command" value="iss">Send it</button></div>
</form>
<form method="post" action="/control/form">
<h2>Mail</h2>
<label for="mail">What the mail server does</label>
<select id="mail" name="behave"><option value="honest">It takes emails</option><option value="refuse_connections">It refuses connections</option><option value="greylist">It asks to come again later (451)</option><option value="reject">It knows no such mailbox (550)</option><option value="hang">It says nothing</option><option value="drop_after_data">It breaks off after the letter</option></select>
<label for="mail-times">How often</label>
<select id="mail-times" name="times"><option value="1">Once</option><option value="">Until told otherwise</option></select>
<div class="actions"><button class="button" name="command" value="mail">Set</button></div>
</form>
<div>
<h2>Keys</h2>
<p class="quiet">{keys}</p>
<form method="post" action="/control/form"><input type="hidden" name="command" value="keys">
<label for="whose">Whose</label>
<select id="whose" name="provider">{providers}</select>
<div class="actions">
<button class="button" name="action" value="rotate">Rotate now</button>
<button class="button" name="action" value="rotate_before_signing">Rotate before the next signature</button>
<button class="button" name="action" value="withdraw_old">Withdraw the old ones</button>
</div></form>
</div>
</div>
<h2>At the moment</h2>
<pre tabindex="0" role="region" aria-label="Armed misbehaviours">{armed}</pre>
<form method="post" action="/control/form"><div class="actions">
<button class="button primary" name="command" value="disarm">Behave again</button>
<button class="button" name="command" value="forget_consent">Forget all consent</button>
<button class="button" name="command" value="clear_requests">Clear the requests</button>
<button class="button" name="command" value="clear_emails">Empty the inbox</button>
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
