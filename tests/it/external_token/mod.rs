//! What a front end hands us, against the sandbox: groups D and J of the threats through this door, each refusal beside its
//! twin that is taken, and what the provider was asked meanwhile.

mod access_tokens;
mod counter;
mod id_tokens;
mod outages;
mod signed_in;
