//! What JSON permits and programs read differently: the values that I-JSON (RFC 7493 §2) rules out.

use std::sync::Arc;

use super::DocumentError;

/// Most defects in an accepted document: more than a page of a list has entries.
pub(super) const MAX_DEFECTS: usize = 256;

/// The defects of a document. The values that have one are left out of it.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Defects(Vec<Defect>);

#[derive(Clone, PartialEq)]
struct Defect {
    /// Names of members, and positions in arrays.
    path: Vec<Arc<str>>,
    kind: DefectKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DefectKind {
    /// The member name occurs more than once in its object. Some parsers take the first value, some the last.
    Repeated,
    /// A string or a name with an unpaired surrogate, a number beyond `f64`, or a value that is nested too deeply.
    Unrepresentable,
}

impl DefectKind {
    /// The error of a step that reads the member.
    pub(super) const fn error(self, member: &'static str) -> DocumentError {
        match self {
            Self::Repeated => DocumentError::Repeated(member),
            Self::Unrepresentable => DocumentError::WrongType(member),
        }
    }
}

impl Defects {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn are_too_many(&self) -> bool {
        self.0.len() > MAX_DEFECTS
    }

    /// Adds a defect. Beyond the maximum, which fails the document, only its kind is kept.
    pub(super) fn add(&mut self, path: &[Arc<str>], kind: DefectKind) {
        if !self.are_too_many() {
            self.0.push(Defect { path: path.to_vec(), kind });
        }
    }

    /// The defect of a member of the outermost object, or of anything below it.
    pub(super) fn of_member(&self, name: &str) -> Option<DefectKind> {
        self.kind_where(|path| path.first().is_some_and(|first| **first == *name))
    }

    /// The defect of a member of the outermost object itself.
    pub(super) fn of_member_itself(&self, name: &str) -> Option<DefectKind> {
        self.kind_where(|path| path.len() == 1 && *path[0] == *name)
    }

    /// The defect of the value at a path, of something above it or something below it. Names are separated by dots; `*`
    /// stands for any position of an array.
    pub(super) fn on_path(&self, path: &str) -> Option<DefectKind> {
        self.kind_where(|defect| defect.iter().zip(path.split('.')).all(|(own, name)| name == "*" || **own == *name))
    }

    /// The defects inside an element of a member that is an array.
    pub(super) fn below_element(&self, member: &str, index: usize) -> Self {
        let index = index.to_string();
        let below = |defect: &Defect| match defect.path.as_slice() {
            [first, second, rest @ ..] if **first == *member && **second == *index && !rest.is_empty() => {
                Some(Defect { path: rest.to_vec(), kind: defect.kind })
            }
            _ => None,
        };
        Self(self.0.iter().filter_map(below).collect())
    }

    fn kind_where(&self, fits: impl Fn(&[Arc<str>]) -> bool) -> Option<DefectKind> {
        self.0.iter().find(|defect| fits(&defect.path)).map(|defect| defect.kind)
    }
}
