//! Panics without messages.
//!
//! In the browser a panic ends in a trap. Before that, the standard library formats a message for a standard error that is not
//! there. So the functions in which every panic ends trap at once, and the code that would format for them goes with them.

use walrus::{ConstExpr, DataKind, Module, ir::Value};

use super::trap_where;

/// Returns how many functions there were.
pub fn trap_at_once(module: &mut Module) -> usize {
    trap_where(module, |name| only_panics(&format!("{:#}", rustc_demangle::demangle(name))))
}

/// Whether a function only panics, or writes text for developers (`Debug`), which only panics show.
fn only_panics(path: &str) -> bool {
    const STARTS: [&str; 5] = [
        "<core::fmt::Formatter>::debug_",
        "<core::fmt::builders::",
        "core::fmt::builders::",
        "core::panicking::",
        "std::panicking::",
    ];
    const FUNCTIONS: [&str; 14] = [
        "alloc::alloc::handle_alloc_error",
        "alloc::raw_vec::capacity_overflow",
        "alloc::raw_vec::handle_error",
        "core::cell::lazy::panic_poisoned",
        "core::cell::panic_already_borrowed",
        "core::cell::panic_already_mutably_borrowed",
        "core::option::expect_failed",
        "core::option::unwrap_failed",
        "core::result::unwrap_failed",
        "core::slice::index::slice_index_fail",
        "core::str::slice_error_fail",
        "core::str::slice_error_fail_rt",
        "std::sync::lazy_lock::panic_poisoned",
        "std::thread::local::panic_access_error",
    ];
    STARTS.iter().any(|start| path.starts_with(start))
        || FUNCTIONS.contains(&path)
        || path.ends_with(" as core::fmt::Debug>::fmt")
}

/// Overwrites the places in the source (`core::panic::Location`), which only messages of panics contain. They would also tell
/// where the module was compiled.
pub fn blank_places(module: &mut Module) {
    let segments: Vec<_> = module.data.iter().filter_map(|data| Some((data.id(), address(&data.kind)?))).collect();
    let mut blank = Vec::new();
    for (id, _) in &segments {
        let value = &module.data.get(*id).value;
        for at in (0..value.len().saturating_sub(PLACE)).step_by(4) {
            let Some((path, length)) = place(&value[at..at + PLACE]) else { continue };
            let file = segments.iter().find_map(|(id, start)| {
                let from = path.checked_sub(*start)?;
                let text = module.data.get(*id).value.get(from..from + length)?;
                is_source_file(text).then_some((*id, from))
            });
            if let Some((file, from)) = file {
                blank.extend([(*id, at, PLACE), (file, from, length)]);
            }
        }
    }
    for (id, from, length) in blank {
        module.data.get_mut(id).value[from..from + length].fill(0);
    }
}

/// Bytes of a place: the address and the length of its path, its line and its column.
const PLACE: usize = 16;

fn address(kind: &DataKind) -> Option<usize> {
    match kind {
        DataKind::Active { offset: ConstExpr::Value(Value::I32(address)), .. } => usize::try_from(*address).ok(),
        _ => None,
    }
}

/// The address and the length of the path if these bytes can be a place.
fn place(bytes: &[u8]) -> Option<(usize, usize)> {
    let word = |at: usize| bytes.get(at..at + 4)?.try_into().map(u32::from_le_bytes).ok();
    let (path, length, line, column) = (word(0)?, word(4)?, word(8)?, word(12)?);
    let is_place = (4..512).contains(&length) && (1..100_000).contains(&line) && (1..1_000).contains(&column);
    is_place.then_some((path as usize, length as usize))
}

/// With or without a zero at the end.
fn is_source_file(text: &[u8]) -> bool {
    let path = text.strip_suffix(&[0]).unwrap_or(text);
    path.ends_with(b".rs") && path.iter().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(byte))
}

#[cfg(test)]
mod tests {
    use walrus::ModuleConfig;

    use super::*;

    #[test]
    fn functions_that_only_panic_are_known_by_their_mangled_names() {
        for name in [
            "_RNvNtCsgXGp5Oqx2Ny_4core9panicking9panic_fmt",
            "_RNvNtCsgXGp5Oqx2Ny_4core6result13unwrap_failed",
            "_ZN4core9panicking13panic_display17hdb4b8e50ca6f5635E",
            "_ZN58_$LT$wasm_bindgen..JsValue$u20$as$u20$core..fmt..Debug$GT$3fmt17h52735e133dc8872eE",
            "_RNvMsa_NtCsgXGp5Oqx2Ny_4core3fmtNtB5_9Formatter25debug_tuple_field1_finish",
        ] {
            let path = format!("{:#}", rustc_demangle::demangle(name));
            assert!(only_panics(&path), "{path}");
        }
        for name in [
            "_RNvMsa_NtCsgXGp5Oqx2Ny_4core3fmtNtB5_9Formatter12pad_integral",
            "_RNvXsi_NtNtNtCsgXGp5Oqx2Ny_4core3fmt3num3impjNtB9_7Display3fmt",
            "_ZN6tachys4html5event11On$LT$E$C$F$GT$6attach12attach_inner17he2b0b394fea94cc0E",
            "hydrate",
        ] {
            let path = format!("{:#}", rustc_demangle::demangle(name));
            assert!(!only_panics(&path), "{path}");
        }
    }

    #[test]
    fn places_in_the_source_are_blank_and_other_data_stays() {
        let mut module = Module::with_config(ModuleConfig::new());
        let memory = module.memories.add_local(false, false, 1, None, None);
        let text = b"Loading more/home/x/src/dom.rs\0\0".to_vec();
        let words = |words: [u32; 4]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<_>>();
        let (place, other) = (words([1_024 + 12, 18, 7, 3]), words([1_024, 12, 7, 3]));
        let value = [text, place, other.clone()].concat();
        let id = module.data.add(DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(1_024)) }, value);
        blank_places(&mut module);
        let expected = [b"Loading more".to_vec(), vec![0; 20 + PLACE], other].concat();
        assert_eq!(module.data.get(id).value, expected);
    }
}
