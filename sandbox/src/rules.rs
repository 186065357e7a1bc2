//! Armed misbehaviours: for one person or for everybody, for some times or until disarmed.

use serde::{Deserialize, Serialize};

/// How many can be armed; the oldest gives way.
const CAPACITY: usize = 200;

/// One armed misbehaviour.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule<T> {
    /// PersonFilter it is for; absent: everybody.
    #[serde(default)]
    pub person: Option<String>,
    /// How often it still applies; absent: until disarmed.
    #[serde(default)]
    pub times: Option<u32>,
    /// What happens.
    #[serde(flatten)]
    pub what: T,
}

/// The armed misbehaviours of one kind at one provider.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Rules<T>(Vec<Rule<T>>);

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Rules<T> {
    /// Adds one. Among rules for the same person the earlier goes first.
    pub fn arm(&mut self, rule: Rule<T>) {
        if self.0.len() >= CAPACITY {
            self.0.remove(0);
        }
        self.0.push(rule);
    }

    /// The one that applies now, counted down: a person's own before one for everybody.
    pub fn take(&mut self, person: Option<&str>, fits: impl Fn(&T) -> bool) -> Option<T> {
        let find = |whose: Option<&str>| {
            self.0.iter().position(|rule| rule.person.as_deref() == whose && rule.times != Some(0) && fits(&rule.what))
        };
        let index = person.and_then(|person| find(Some(person))).or_else(|| find(None))?;
        let rule = &mut self.0[index];
        let what = rule.what.clone();
        if let Some(times) = &mut rule.times {
            *times -= 1;
            if *times == 0 {
                self.0.remove(index);
            }
        }
        Some(what)
    }

    /// Disarms those of one person, or all.
    pub fn disarm(&mut self, person: Option<&str>) {
        self.0.retain(|rule| person.is_some() && rule.person.as_deref() != person);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(person: Option<&str>, times: Option<u32>, what: &'static str) -> Rule<&'static str> {
        Rule { person: person.map(str::to_owned), times, what }
    }

    #[test]
    fn a_persons_own_rule_goes_first_and_ends_after_its_times() {
        let mut rules = Rules::default();
        rules.arm(rule(None, None, "all"));
        rules.arm(rule(Some("ada"), Some(1), "ada"));
        assert_eq!(rules.take(Some("ada"), |_| true), Some("ada"));
        assert_eq!(rules.take(Some("ada"), |_| true), Some("all"));
        assert_eq!(rules.take(None, |_| true), Some("all"));
    }

    #[test]
    fn a_rule_for_one_person_leaves_others_and_unknown_persons_alone() {
        let mut rules = Rules::default();
        rules.arm(rule(Some("ada"), None, "ada"));
        assert_eq!(rules.take(Some("grace"), |_| true), None);
        assert_eq!(rules.take(None, |_| true), None);
    }

    #[test]
    fn disarming_a_person_keeps_the_others() {
        let mut rules = Rules::default();
        rules.arm(rule(Some("ada"), None, "ada"));
        rules.arm(rule(None, None, "all"));
        rules.disarm(Some("ada"));
        assert_eq!(rules.take(Some("ada"), |_| true), Some("all"));
        rules.disarm(None);
        assert_eq!(rules.take(Some("ada"), |_| true), None);
    }
}
