//! `/inspect`: recorded flows, and the walkthrough of one. Plain texts: what may be shown was decided before.

/// The list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InspectView {
    pub flows: Vec<FlowRowView>,
    /// Anybody on this machine may look; otherwise administrators.
    pub in_development: bool,
    /// Where recording waits to be switched on.
    pub recording: Option<RecordingView>,
    /// In development, with the sandbox.
    pub attacks: Vec<AttackView>,
}

/// What is recorded at present.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingView {
    /// Unix seconds.
    pub everyone_until: Option<i64>,
    pub links: Vec<RecordingLinkView>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordingLinkView {
    /// `None` once a browser has accepted it.
    pub url: Option<String>,
    /// Unix seconds.
    pub until: i64,
}

/// An attack that the sandbox can make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttackView {
    pub name: &'static str,
    pub title: &'static str,
    pub story: &'static str,
    /// The label of the check that has to stop it.
    pub stopped_by: &'static str,
    pub without: &'static str,
    /// Nobody has to sign in: the record is shown at once.
    pub is_played: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowRowView {
    pub id: String,
    pub title: String,
    pub outcome: FlowOutcomeView,
    /// The label of the check that ended it.
    pub stopped_at: Option<String>,
    /// Unix seconds.
    pub at: i64,
}

/// In words, and whether it is good or bad.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowOutcomeView {
    pub label: String,
    pub tone: FlowTone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowTone {
    Good,
    Mild,
    Serious,
}

/// One flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkthroughView {
    pub id: String,
    pub title: String,
    pub outcome: FlowOutcomeView,
    pub at: i64,
    pub ending: Option<EndingView>,
    pub sections: Vec<WalkSectionView>,
    /// Ids and labels of flows to compare it with.
    pub others: Vec<(String, String)>,
    /// It is a sign-in with a provider, through which the tour leads.
    pub has_tour: bool,
}

/// Why a flow was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingView {
    /// The words of the log.
    pub because: Option<String>,
    pub check: Option<WalkCheckView>,
    pub advice: Option<String>,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkSectionView {
    pub title: String,
    pub request_id: String,
    /// As "8 s later", where the user was elsewhere.
    pub pause: Option<String>,
    /// Milliseconds.
    pub took: u64,
    pub messages: Vec<WalkMessageView>,
    pub dropped: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    Browser,
    Latchkey,
    Provider,
    Database,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkMessageView {
    pub from: Lane,
    pub to: Lane,
    pub title: String,
    pub words: &'static str,
    pub parameters: Vec<WalkParameterView>,
    pub checks: Vec<WalkCheckView>,
    pub lines: Vec<String>,
    pub cookies: Vec<String>,
    /// The request that did what this one waited for, by its id.
    pub awaited: Option<String>,
    pub source: WalkSourceView,
    /// Milliseconds since the section began, and until the next message.
    pub at: u64,
    pub until: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkParameterView {
    pub name: String,
    pub value: String,
    /// The value itself is not here.
    pub is_secret: bool,
    pub explanation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkCheckView {
    pub label: &'static str,
    pub asks: &'static str,
    pub expected: String,
    pub actual: String,
    pub verdict: WalkVerdict,
    pub without: &'static str,
    pub source: WalkSourceView,
}

/// Where a step comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkSourceView {
    pub file: &'static str,
    /// Not in a file that is passed on: the page with the file's text is on this server.
    pub has_page: bool,
    /// Name and URL of the specification's section.
    pub reference: Option<(String, String)>,
}

/// A file of the repository, as this program was built from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFileView {
    pub file: &'static str,
    pub text: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalkVerdict {
    Passed,
    NotNeeded,
    Refused,
}

/// The guided tour through a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TourView {
    pub id: String,
    pub title: String,
    pub outcome: FlowOutcomeView,
    /// The longest request, in milliseconds: the length of the time axis.
    pub took: u64,
    pub stations: Vec<StationView>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationView {
    pub title: &'static str,
    pub words: &'static str,
    pub wrong: &'static str,
    pub messages: Vec<WalkMessageView>,
}

/// Two flows side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareView {
    pub flows: [ComparedFlowView; 2],
    pub lines: Vec<ComparedLineView>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedFlowView {
    pub id: String,
    pub title: String,
    pub outcome: FlowOutcomeView,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedLineView {
    pub title: String,
    pub sides: [Option<String>; 2],
    pub differs: bool,
}
