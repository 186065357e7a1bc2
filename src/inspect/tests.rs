use super::{
    Audience, Change, Check, CheckResult, Class, FlowKind, Outcome, Recorder, Step, Value, Verdict, Walkthrough,
    carried, join, record, walkthrough_text, within,
};

fn recorder() -> Recorder {
    Recorder::new().unwrap()
}

fn began() -> Step {
    Step::Began { kind: FlowKind::SignIn, provider: Value::configured("google") }
}

#[test]
fn a_value_is_a_secret_unless_its_name_is_public() {
    let recorder = recorder();
    let redactor = recorder.redactor();
    let class = |name: &str| redactor.parameter(name, "value").value.class();
    for (name, expected) in [
        ("scope", Class::Shown),
        ("email", Class::Personal),
        ("code", Class::Secret),
        ("access_token", Class::Secret),
        ("client_secret", Class::Secret),
        ("code_verifier", Class::Secret),
        ("something_new", Class::Secret),
        ("Scope", Class::Secret),
    ] {
        assert_eq!(class(name), expected, "{name}");
    }
}

#[test]
fn equal_secrets_have_equal_fingerprints_in_one_process_only() {
    let (one, other) = (recorder(), recorder());
    let text = |recorder: &Recorder, secret: &str| recorder.redactor().unknown(secret).text(Audience::Here);
    assert_eq!(text(&one, "a secret"), text(&one, "a secret"));
    assert_ne!(text(&one, "a secret"), text(&one, "another!"));
    assert_ne!(text(&one, "a secret"), text(&other, "a secret"));
    assert!(!text(&one, "a secret").contains("a secret"));
}

#[test]
fn personal_data_is_masked_for_everyone_else() {
    let recorder = recorder();
    let email = recorder.redactor().personal("ada@gmail.com");
    assert_eq!(email.text(Audience::Here), "ada@gmail.com");
    assert_eq!(email.text(Audience::Everyone), "personal data, 13 characters");
}

#[tokio::test]
async fn rooms_report_to_the_recording_of_their_task() {
    let recorder = recorder();
    record(|_| panic!("nothing listens"));
    let recording = recorder.begin("request-1", "GET", "/auth/google", 1_000);
    within(recording, async {
        record(|_| began());
        let elsewhere = carried(async { record(|_| Step::row("users", Change::Inserted)) });
        tokio::spawn(elsewhere).await.unwrap();
    })
    .await;
    let flow = recorder.find("request-1", 1_000).unwrap();
    assert_eq!(flow.steps().collect::<Vec<_>>(), [&began(), &Step::row("users", Change::Inserted)]);
    assert_eq!((flow.outcome(), flow.kind().0), (Outcome::Pending, FlowKind::SignIn));
}

#[tokio::test]
async fn requests_with_one_state_are_one_flow() {
    let recorder = recorder();
    for (id, key) in [("1", Some("a")), ("2", Some("b")), ("3", Some("a")), ("4", None)] {
        within(recorder.begin(id, "GET", "/", 0), async {
            key.inspect(|key| join(key));
            record(|_| began());
        })
        .await;
    }
    let requests =
        |id: &str| recorder.find(id, 0).unwrap().visits.iter().map(|it| it.request_id.clone()).collect::<Vec<_>>();
    assert_eq!(requests("1"), ["1", "3"]);
    assert_eq!((requests("2"), requests("4")), (vec!["2".to_owned()], vec!["4".to_owned()]));
}

#[test]
fn a_request_that_tells_nothing_is_not_kept() {
    let recorder = recorder();
    recorder.begin("quiet", "GET", "/dashboard", 0).add(|_| Step::row("sessions", Change::Updated));
    assert!(recorder.find("quiet", 0).is_none());
    let refused = Step::Refused { because: Value::fact("not_found"), next_step: None };
    for (id, step) in [("begun", began()), ("refused", refused)] {
        recorder.begin(id, "POST", "/auth/google", 0).add(|_| step);
        assert!(recorder.find(id, 0).is_some(), "{id}");
    }
}

#[test]
fn flows_steps_and_ages_are_bounded() {
    let recorder = recorder();
    for number in 0..150 {
        let recording = recorder.begin(&number.to_string(), "GET", "/", number);
        for _ in 0..300 {
            recording.add(|_| began());
        }
    }
    assert_eq!(recorder.summaries(150).len(), 100);
    assert!(recorder.find("49", 150).is_none() && recorder.find("50", 150).is_some());
    let visit = &recorder.find("149", 150).unwrap().visits[0];
    assert_eq!((visit.steps.len(), visit.dropped), (200, 100));
    assert!(recorder.summaries(150 + 60 * 60 * 1000).is_empty());
}

#[test]
fn a_refused_flow_says_where_it_ended_and_what_to_do() {
    let recorder = recorder();
    let recording = recorder.begin("1", "GET", "/auth/callback/google", 0);
    recording.add(|_| began());
    recording.add(|redactor| {
        let result =
            |check, passed| CheckResult::of(check, redactor.unknown("sent"), redactor.unknown("other"), passed);
        Step::Checked(vec![result(Check::Issuer, true), result(Check::Nonce, false)])
    });
    recording.add(|_| Step::Refused { because: Value::of_log("id_token rejected: wrong nonce"), next_step: None });
    drop(recording);
    let flow = recorder.find("1", 0).unwrap();
    let walkthrough = Walkthrough::of(&flow);
    assert_eq!((walkthrough.title.as_str(), walkthrough.outcome), ("Sign-in with google", Outcome::Refused));
    let failed = walkthrough.failed.as_ref().unwrap();
    assert_eq!((failed.check, failed.verdict), (Check::Nonce, Verdict::Refused));
    assert_eq!(walkthrough.advice(Audience::Here).as_deref(), Some(Check::Nonce.advice()));
    let text = walkthrough_text(&walkthrough);
    for expected in ["Stopped at: nonce", "REFUSED", "passed", "id_token rejected: wrong nonce", "begin.rs"] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
}

#[test]
fn every_check_has_texts_and_a_file_that_exists() {
    for check in Check::ALL {
        let texts = [check.asks(), check.without(), check.advice()];
        assert!(check.asks().contains('?') && texts.iter().all(|text| text.ends_with(['.', '?'])), "{check:?}");
        let file = check.source().file;
        assert!(std::path::Path::new(file).exists(), "{file}");
    }
}
