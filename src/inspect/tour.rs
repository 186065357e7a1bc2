//! The guided tour: a sign-in in eleven steps, in plain words, beside what happened in a real one.

use super::{
    check::Check,
    step::{DocumentKind, Step},
    value::Audience,
    walkthrough::{Message, Walkthrough},
};

/// A step of the tour.
#[derive(Clone, Copy, Debug)]
pub struct Station {
    pub title: &'static str,
    pub words: &'static str,
    /// What can go wrong here, and what prevents it.
    pub wrong: &'static str,
}

/// In order; a step's number is one more than its index.
pub const STATIONS: [Station; 11] = [
    Station {
        title: "You click a button",
        words: "“Continue with …” is an ordinary link. Your browser asks this server, and not yet the provider: the server has to \
                prepare something first.",
        wrong: "A picture on another page could ask in your name, and fill your browser with sign-ins that you never began. So only \
                a navigation starts one.",
    },
    Station {
        title: "Three random values",
        words: "The server makes three random texts. The state will show that the response comes back to the browser that asked. The \
                nonce will show that the id_token was made for this sign-in. The verifier will show that the program that exchanges the code \
                is the one who asked for it. All three wait in an encrypted cookie of your browser.",
        wrong: "If they could be guessed, or were the same twice, each of these proofs would be worth nothing: they have 256 random \
                bits and work once.",
    },
    Station {
        title: "Where is the provider?",
        words: "The provider publishes a document with its addresses and its abilities. It is fetched once and kept for an hour.",
        wrong: "The document of another provider, or one that an attacker wrote, would lead your sign-in elsewhere: the issuer in it \
                has to be the configured one, and its addresses have to be https.",
    },
    Station {
        title: "The authorization request",
        words: "The server answers with a redirect: your browser goes to the provider, with a request in its address. It says which \
                application asks, for what, and where to come back. It carries the state, the nonce, and the hash of the verifier.",
        wrong: "The address can be read by you, by extensions, in histories. So nothing in it helps a thief: the verifier stays \
                here, and only its hash travels.",
    },
    Station {
        title: "At the provider",
        words: "Now this server waits. The provider asks who you are and whether you agree, in its own pages: your password there is \
                never seen here. Then it sends your browser back.",
        wrong: "A page that only looks like the provider's. This server cannot prevent that; the address bar, and passkeys, can.",
    },
    Station {
        title: "The response",
        words: "Your browser comes back with a code and the state. The code is not yet a proof: anybody can open an address. So the \
                server finds the flow by the state in your browser's cookie, marks it used, and checks the rest.",
        wrong: "Somebody else's response in your browser (login CSRF), the same response twice (replay), the response of another \
                provider (mix-up): each has its check, and the first that refuses ends it.",
    },
    Station {
        title: "The code is exchanged",
        words: "The server itself asks the provider, without your browser: here is the code, here is the verifier, and here is my \
                own secret. The provider hashes the verifier, compares it with what came in step 4, and answers with tokens.",
        wrong: "A code that was stolen on the way: without the verifier and the client's secret the provider does not accept it. A \
                provider that is down: after some failures the server stops asking for a while.",
    },
    Station {
        title: "The id_token",
        words: "One of the tokens is a signed statement: who you are, who says so, for whom, and until when. The server fetches the \
                provider's public keys, verifies the signature, and then reads the claims, each with a check of its own.",
        wrong: "Almost everything that has ever gone wrong with these tokens: no signature, the wrong key, another application's \
                token, an old one, one of another sign-in.",
    },
    Station {
        title: "The profile",
        words: "The provider's words become one form for all providers: issuer and subject, which identify you; and name, picture \
                and email address, which are only what the provider says.",
        wrong: "An email address that nobody has verified, taken for a proof: so it counts only if the provider says that it \
                verified it, and opens no account by itself.",
    },
    Station {
        title: "Whose account is it?",
        words: "Issuer and subject are looked up. If they are known, that account signs in. If not, a pure function decides whether to \
                create one, to link, or to ask first. What it decides is written in the same transaction, with its reasons.",
        wrong: "Eve signs up with Ada's address before Ada does, and waits inside the account (pre-hijacking). So nothing that was \
                set up before an address was verified survives its verification.",
    },
    Station {
        title: "The session",
        words: "A new random secret goes into a cookie of your browser, and its hash into the database. Any earlier session of this \
                browser ends. A last redirect leads to the page that you wanted.",
        wrong: "A session id that somebody planted before (fixation), a cookie that scripts can read, a redirect to another site: \
                the id is always new, the cookie is HttpOnly, and only paths of this site are accepted.",
    },
];

/// The station of a step, as an index.
pub(super) fn station_of(step: &Step) -> usize {
    match step {
        Step::Requested { path, .. } => match path.text(Audience::Everyone).contains("/callback/") {
            true => 5,
            false => 0,
        },
        Step::Began { .. } => 1,
        Step::Document { kind: DocumentKind::Discovery, .. } => 2,
        Step::Document { kind: DocumentKind::Keys, .. } => 7,
        Step::ProviderRequest { part, .. } | Step::ProviderResponse { part, .. } => match *part {
            "documents" => 2,
            "userinfo" | "api" => 8,
            _ => 6,
        },
        Step::AuthorizationRequest { .. } => 3,
        Step::Checked(results) => results.first().map_or(5, |first| station_of_check(first.check)),
        Step::Token { .. } => 7,
        Step::Profile { .. } => 8,
        Step::Decided { .. } => 9,
        Step::Row { table, .. } => match *table {
            "used_flows" => 5,
            "sessions" => 10,
            _ => 9,
        },
        Step::Waited { .. } => 6,
        Step::Session { .. } | Step::Done { .. } | Step::Refused { .. } | Step::Answered { .. } => 10,
    }
}

fn station_of_check(check: Check) -> usize {
    match check {
        Check::FlowCookie
        | Check::FlowAge
        | Check::FlowUnused
        | Check::ProviderOfPath
        | Check::ProviderUnchanged
        | Check::State
        | Check::ResponseIssuer
        | Check::ResponseError
        | Check::Code => 5,
        Check::TokenResponse | Check::Answer => 6,
        Check::UserinfoSubject => 8,
        Check::Admitted | Check::Policy => 9,
        _ => 7,
    }
}

impl Walkthrough {
    /// The steps of the tour, each with the messages of this flow that belong there.
    pub fn tour(&self) -> Vec<(Station, Vec<&Message>)> {
        let messages = || self.sections.iter().flat_map(|section| &section.messages);
        let of = |index: usize| messages().filter(|message| message.station == index).collect();
        STATIONS.iter().enumerate().map(|(index, station)| (*station, of(index))).collect()
    }
}
