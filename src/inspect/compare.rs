//! Two flows side by side: the steps that both have, and where they differ.

use super::{check::Verdict, value::Audience, walkthrough::Walkthrough};

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub title: String,
    /// What is there in the one flow and in the other; `None` where it has no such step.
    pub sides: [Option<String>; 2],
}

impl Compared {
    pub fn differs(&self) -> bool {
        self.sides[0] != self.sides[1]
    }
}

/// Most lines of a flow that are compared: the comparison takes the square of them.
const MAX_LINES: usize = 400;

/// What both have, in order, and between it what only one of them has.
pub fn compare(one: &Walkthrough, other: &Walkthrough) -> Vec<Compared> {
    let (left, right) = (lines(one), lines(other));
    let mut compared = Vec::new();
    let (mut i, mut j) = (0, 0);
    for (a, b) in common(&left, &right) {
        compared.extend(left[i..a].iter().map(|line| only(line, 0)));
        compared.extend(right[j..b].iter().map(|line| only(line, 1)));
        let sides = [Some(left[a].1.clone()), Some(right[b].1.clone())];
        compared.push(Compared { title: left[a].0.clone(), sides });
        (i, j) = (a + 1, b + 1);
    }
    compared.extend(left[i..].iter().map(|line| only(line, 0)));
    compared.extend(right[j..].iter().map(|line| only(line, 1)));
    compared
}

type Line = (String, String);

/// Messages and checks, each with what may differ. Times differ always, and are left out.
fn lines(walkthrough: &Walkthrough) -> Vec<Line> {
    let mut lines = Vec::new();
    for message in walkthrough.sections.iter().flat_map(|section| &section.messages) {
        if message.checks.is_empty() {
            let said = if message.lines.is_empty() { "yes".to_owned() } else { message.lines.join(" ") };
            lines.push((message.title.clone(), said));
        }
        for result in &message.checks {
            let verdict = match result.verdict {
                Verdict::Passed => "passed",
                Verdict::NotNeeded => "not needed",
                Verdict::Refused => "refused",
            };
            let said = match result.verdict {
                Verdict::Refused => format!("{verdict}: {}", result.actual.text(Audience::Here)),
                _ => verdict.to_owned(),
            };
            lines.push((format!("Check: {}", result.check.label()), said));
        }
    }
    lines.truncate(MAX_LINES);
    lines
}

fn only(line: &Line, side: usize) -> Compared {
    let mut sides = [None, None];
    sides[side] = Some(line.1.clone());
    Compared { title: line.0.clone(), sides }
}

/// The longest common subsequence by title: pairs of indices, ascending.
fn common(left: &[Line], right: &[Line]) -> Vec<(usize, usize)> {
    let width = right.len() + 1;
    let mut lengths = vec![0_u32; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            lengths[i * width + j] = match left[i].0 == right[j].0 {
                true => lengths[(i + 1) * width + j + 1] + 1,
                false => lengths[(i + 1) * width + j].max(lengths[i * width + j + 1]),
            };
        }
    }
    let (mut pairs, mut i, mut j) = (Vec::new(), 0, 0);
    while i < left.len() && j < right.len() {
        if left[i].0 == right[j].0 {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}
