//! Cookies of other applications on the host: none hides ours, and none passes for ours.

use reqwest::{
    Method,
    header::{COOKIE, HeaderValue, LOCATION, SET_COOKIE},
};
use rstest::rstest;

use super::{app::App, browser::Browser};

/// What browsers send of cookies that others have set.
const JUNK: [&[u8]; 12] = [
    b"city=K\xf6ln",
    b"name=Zo\xc3\xab \xf0\x9f\x8d\xaa",
    b"\xff\xfe=\x80",
    b"=no name",
    b"=",
    b"flag",
    b"; ;;",
    b"q=\"a, b\"; r=\"",
    b"consent={\"a\":[1,2]}",
    b"a=b,c=d, e",
    b"%=%zz%",
    b"a=\tb; \t=\t",
];

/// Requests a path with the `Cookie` headers given. Returns the status and `Location`.
async fn get(browser: &Browser, path: &str, cookies: &[Vec<u8>]) -> (u16, String) {
    let request = cookies.iter().fold(browser.request(Method::GET, path), |request, line| {
        request.header(COOKIE, HeaderValue::from_bytes(line).expect("a header"))
    });
    let answer = request.send().await.expect("an answer");
    let location = answer.headers().get(LOCATION).map(|value| value.to_str().expect("text").to_owned());
    (answer.status().as_u16(), location.unwrap_or_default())
}

fn cookies(browser: &Browser) -> Vec<u8> {
    browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ").into_bytes()
}

fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    [first, b"; ", second].concat()
}

/// Pages, the API, and forward auth.
const DOORS: [&str; 3] = ["/dashboard", "/api/me", "/auth/verify"];

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn other_cookies_do_not_hide_the_session(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let ours = cookies(&browser);
    let huge = [b"a=", "x".repeat(40_000).as_bytes()].concat();
    for junk in JUNK.iter().copied().chain([huge.as_slice()]) {
        let shapes = [
            vec![joined(junk, &ours)],
            vec![joined(&ours, junk)],
            vec![junk.to_vec(), ours.clone()],
            vec![ours.clone(), junk.to_vec()],
        ];
        for shape in shapes {
            for door in DOORS {
                assert_eq!(get(&browser, door, &shape).await.0, 200, "{door}: {}", junk.escape_ascii());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_cookies_do_not_hide_a_flow() {
    let app = App::builder().start().await;
    for junk in JUNK {
        let browser = app.browser();
        let callback = browser.callback_url("ada", "/auth/google").await;
        let (status, location) = get(&browser, &callback, &[joined(junk, &cookies(&browser))]).await;
        assert_eq!((status, location.as_str()), (303, "/dashboard"), "{}", junk.escape_ascii());
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn two_cookies_of_one_name_count_as_none(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let (ada, grace) = (app.browser(), app.browser());
    ada.sign_in("ada").await;
    grace.sign_in("grace").await;
    let (first, second) = (cookies(&ada), cookies(&grace));
    for twice in [vec![joined(&first, &second)], vec![joined(&second, &first)], vec![first.clone(), first.clone()]] {
        for (door, status) in DOORS.into_iter().zip([303, 401, 401]) {
            assert_eq!(get(&ada, door, &twice).await.0, status, "{door}");
        }
    }
    // The counterpart.
    for door in DOORS {
        assert_eq!(get(&ada, door, std::slice::from_ref(&first)).await.0, 200, "{door}");
    }

    let browser = app.browser();
    let callback = browser.callback_url("ada", "/auth/google").await;
    let flow = cookies(&browser);
    let (_, location) = get(&browser, &callback, &[joined(&flow, &flow)]).await;
    assert!(location.starts_with("/login?error=flow_unknown"), "{location}");
    assert_eq!(get(&browser, &callback, &[flow]).await.1, "/dashboard", "nothing was used up");
}

/// Names that become ours only where a reader trims or decodes them: a subdomain could set these.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_similar_name_is_another_cookie(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let renamed = |rename: fn(&str) -> String| {
        let pairs = browser.cookies().into_iter().map(|(name, value)| format!("{}={value}", rename(&name)));
        pairs.collect::<Vec<_>>().join("; ")
    };
    let spellings: [fn(&str) -> String; 6] = [
        |name| format!("{name} "),
        |name| format!(" {name}"),
        |name| format!("\u{a0}{name}"),
        |name| name.replace('s', "%73"),
        str::to_uppercase,
        |name| format!("\"{name}\""),
    ];
    for spelling in spellings {
        // Not the first pair of the header, which loses a space in front: it is no part of the header's value.
        let line = format!("a=b; {}", renamed(spelling)).into_bytes();
        for (door, status) in DOORS.into_iter().zip([303, 401, 401]) {
            assert_eq!(get(&browser, door, std::slice::from_ref(&line)).await.0, status, "{}", line.escape_ascii());
        }
    }
    assert_eq!(get(&browser, "/dashboard", &[renamed(str::to_owned).into_bytes()]).await.0, 200);
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_removes_the_session_beside_other_cookies(#[values("server", "jwt")] mode: &str) {
    let app = App::builder().mode(mode).start().await;
    let browser = app.browser();
    browser.sign_in("ada").await;
    let line = joined(JUNK[0], &cookies(&browser));
    let request = browser
        .request(Method::POST, "/auth/logout")
        .header("origin", browser.origin())
        .header(COOKIE, HeaderValue::from_bytes(&line).expect("a header"));
    let answer = request.send().await.expect("an answer");
    let removed = answer.headers().get_all(SET_COOKIE).iter().filter(|value| {
        let text = value.to_str().expect("text");
        ["session=;", "access_token=;", "refresh_token=;"].iter().any(|name| text.starts_with(name))
    });
    assert_eq!(removed.count(), if mode == "jwt" { 2 } else { 1 });
    assert_eq!(get(&browser, "/dashboard", &[line]).await.0, 303);
}
