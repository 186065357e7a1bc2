//! A path in a source, and which room it leads to.

#[derive(Debug)]
pub struct Place {
    /// The names of its segments; `*` for a glob.
    pub path: Vec<String>,
    /// From 1.
    pub line: usize,
    /// Whether it is under `#[cfg(test)]` or in a file of tests.
    pub in_tests: bool,
}

impl Place {
    /// The room that it names, when it begins at the crate's root: by `crate`, by the crate's name, or by `super`s.
    pub fn room<'a>(&'a self, rooms: &[&str]) -> Option<&'a str> {
        let supers = self.path.iter().take_while(|name| *name == "super").count();
        match self.path.first()?.as_str() {
            "crate" | "latchkey" => self.path.get(1).map(String::as_str).filter(|name| *name != "self"),
            // The path does not say how deep its file is: a room's name after two `super`s is taken for the room.
            _ if supers >= 2 => self.path.get(supers).map(String::as_str).filter(|name| rooms.contains(name)),
            _ => None,
        }
    }

    /// Whether it begins with `names`, as in `std::env`. Names of a type, as in `Instant::now`, may follow any prefix.
    pub fn names(&self, names: &str) -> bool {
        let names: Vec<&str> = names.split("::").collect();
        let is_type = names[0].starts_with(char::is_uppercase);
        let same = |part: &[String]| part.len() == names.len() && part.iter().zip(&names).all(|(a, b)| a == b);
        if is_type { self.path.windows(names.len()).any(same) } else { self.path.get(..names.len()).is_some_and(same) }
    }
}
