use super::*;

fn metrics() -> Metrics {
    Metrics::new(["google".to_owned(), "github".to_owned()]).unwrap()
}

fn series(metrics: &Metrics) -> usize {
    text(&metrics.gather()).unwrap().lines().filter(|line| !line.starts_with('#')).count()
}

#[test]
fn what_happened_is_in_the_text() {
    let metrics = metrics();
    metrics.count_sign_in("google", "success");
    metrics.count_sign_in("google", "success");
    metrics.count_rate_limited(Limit::Forms);
    metrics.time_request(Some("/login"), "GET", 200, Duration::from_millis(3));
    metrics.time_provider_request("github", "tokens", Outcome::Answered, Duration::from_millis(30));
    let text = text(&metrics.gather()).unwrap();
    for line in [
        "# TYPE latchkey_sign_ins_total counter",
        r#"latchkey_sign_ins_total{outcome="success",provider="google"} 2"#,
        r#"latchkey_rate_limited_total{limit="forms"} 1"#,
        r#"latchkey_rate_limited_total{limit="starts"} 0"#,
        r#"latchkey_http_request_duration_seconds_bucket{method="GET",route="/login",status="2xx",le="0.005"} 1"#,
        r#"latchkey_provider_request_duration_seconds_count{outcome="answered",part="tokens",provider="github"} 1"#,
    ] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
}

#[test]
fn no_text_of_a_request_makes_a_series() {
    let metrics = metrics();
    metrics.count_sign_in("other", "success");
    metrics.time_request(None, "BREW", 999, Duration::ZERO);
    metrics.time_provider_request("x", "tokens", Outcome::Failed, Duration::ZERO);
    let before = series(&metrics);
    for number in 0..1000 {
        let text = format!("x{number}\n\"}}");
        metrics.count_sign_in(&text, "success");
        metrics.time_request(None, &text, 600 + number, Duration::ZERO);
        metrics.time_provider_request(&text, "tokens", Outcome::Failed, Duration::ZERO);
    }
    assert_eq!(series(&metrics), before);
}

#[test]
fn a_snapshot_has_a_gauge_for_each_value() {
    let snapshot = Snapshot::default();
    snapshot.add("a", "A.", &["kind"], [(vec!["x"], 1.0), (vec!["y"], 2.5)]).unwrap();
    snapshot.add("b", "B.", &[], [(vec![], 3.0)]).unwrap();
    let text = text(&snapshot.gather()).unwrap();
    assert!(text.contains("a{kind=\"y\"} 2.5\n") && text.contains("\nb 3\n"), "{text}");
    assert!(snapshot.add("a", "A.", &[], [(vec![], 1.0)]).is_err());
}
