//! Requests for a shell and for JavaScript. Both contain only text of the document: nothing of a request.

use serde_json::Value;

pub struct Request<'a> {
    /// In capitals.
    pub method: &'a str,
    pub url: &'a str,
    /// Sends an access token.
    pub needs_token: bool,
    pub body: Option<&'a Value>,
}

/// For a shell. The access token is in a variable.
pub fn curl(request: &Request<'_>) -> String {
    let mut lines = vec![format!("curl {}", request.url)];
    // With a body, curl chooses POST by itself.
    if request.method != "GET" && !(request.method == "POST" && request.body.is_some()) {
        lines.push(format!("-X {}", request.method));
    }
    if request.needs_token {
        lines.push(r#"-H "Authorization: Bearer $access_token""#.to_owned());
    }
    if let Some(body) = request.body {
        lines.push("-H 'Content-Type: application/json'".to_owned());
        lines.push(format!("-d '{}'", pretty(body).replace('\'', r"'\''")));
    }
    lines.join(" \\\n  ")
}

/// For JavaScript. The access token is in a variable.
pub fn fetch(request: &Request<'_>) -> String {
    let mut headers = Vec::new();
    if request.needs_token {
        headers.push("Authorization: `Bearer ${accessToken}`".to_owned());
    }
    if request.body.is_some() {
        headers.push(r#""Content-Type": "application/json""#.to_owned());
    }
    let mut options = Vec::new();
    if request.method != "GET" {
        options.push(format!(r#"method: "{}""#, request.method));
    }
    if !headers.is_empty() {
        options.push(format!("headers: {{ {} }}", headers.join(", ")));
    }
    if let Some(body) = request.body {
        options.push(format!("body: JSON.stringify({})", pretty(body).replace('\n', "\n  ")));
    }
    let options: String = options.iter().map(|option| format!("  {option},\n")).collect();
    let options = if options.is_empty() { String::new() } else { format!(", {{\n{options}}}") };
    format!("const response = await fetch(\"{}\"{options});\nconst answer = await response.json();", request.url)
}

fn pretty(body: &Value) -> String {
    serde_json::to_string_pretty(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_without_a_body_is_short() {
        let request = Request { method: "GET", url: "https://a.example/x", needs_token: false, body: None };
        assert_eq!(curl(&request), "curl https://a.example/x");
        let code = "const response = await fetch(\"https://a.example/x\");\nconst answer = await response.json();";
        assert_eq!(fetch(&request), code);
    }

    #[test]
    fn a_request_has_its_method_token_and_body() {
        let body = json!({ "name": "it's" });
        let request = Request { method: "POST", url: "https://a.example/x", needs_token: true, body: Some(&body) };
        assert_eq!(
            curl(&request),
            r#"curl https://a.example/x \
  -H "Authorization: Bearer $access_token" \
  -H 'Content-Type: application/json' \
  -d '{
  "name": "it'\''s"
}'"#
        );
        assert_eq!(
            fetch(&request),
            r#"const response = await fetch("https://a.example/x", {
  method: "POST",
  headers: { Authorization: `Bearer ${accessToken}`, "Content-Type": "application/json" },
  body: JSON.stringify({
    "name": "it's"
  }),
});
const answer = await response.json();"#
        );
        let request = Request { method: "DELETE", body: None, ..request };
        assert!(curl(&request).contains(" -X DELETE") && fetch(&request).contains("method: \"DELETE\""));
    }
}
