//! Armed misbehaviours: for one person or everyone, a number of times or until disarmed.

use serde::{Deserialize, Serialize};

/// The oldest rule is dropped.
const CAPACITY: usize = 200;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rule<T> {
    /// Absent: everyone.
    #[serde(default)]
    pub person: Option<String>,
    /// Remaining uses; absent: until disarmed.
    #[serde(default)]
    pub times: Option<u32>,
    #[serde(flatten)]
    pub what: T,
}

#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Rules<T>(Vec<Rule<T>>);

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone> Rules<T> {
    /// Among rules for the same person, the oldest applies first.
    pub fn arm(&mut self, rule: Rule<T>) {
        if self.0.len() >= CAPACITY {
            self.0.remove(0);
        }
        self.0.push(rule);
    }

    /// The matching rule, counted down; a person's own rule goes before one for everyone.
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

    /// Removes the rules of one person, or all.
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
    fn personal_rule_goes_first_and_ends_after_its_times() {
        let mut rules = Rules::default();
        rules.arm(rule(None, None, "all"));
        rules.arm(rule(Some("ada"), Some(1), "ada"));
        assert_eq!(rules.take(Some("ada"), |_| true), Some("ada"));
        assert_eq!(rules.take(Some("ada"), |_| true), Some("all"));
        assert_eq!(rules.take(None, |_| true), Some("all"));
    }

    #[test]
    fn personal_rule_does_not_apply_to_others() {
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
