//! A user's drive. Everything about a file is derived from the user's id and the file's index, so a drive of any size
//! needs no memory and is the same after a restart.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::kind::{FOLDER, KINDS, Kind, SHORTCUT, UNKNOWN};
use super::names::{self, AWKWARD};
use crate::persons::Person;

/// Files of the shared drive, after those of the user's own.
const SHARED: usize = 24;
/// The first of them are folders: two at the top, and one in each.
const SHARED_FOLDERS: usize = 4;

/// The first indexes are folders: two at the top, two in each, four levels deep.
pub const FOLDERS: usize = 30;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

pub struct Disk {
    pub person: Person,
    /// Unix seconds of the sandbox's clock.
    pub now: i64,
    pub origin: String,
    /// Files of the user's own drive; the shared drive's follow.
    pub count: usize,
    shared_count: usize,
    seed: u64,
}

/// The drives that a query searches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Corpora {
    User,
    Drive,
    AllDrives,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    Root,
    /// The root of the shared drive.
    SharedRoot,
    At(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Owner {
    Me,
    Other(&'static str, &'static str),
    /// The shared drive: no user.
    Drive,
}

#[derive(Clone, Copy)]
enum Fact {
    Id,
    Kind,
    Name,
    Parent,
    Owner,
    Age,
    Created,
    Size,
    Flags,
    Target,
}

impl Disk {
    pub fn of(person: &Person, now: i64, origin: &str) -> Self {
        let count = match person.id.as_str() {
            "plain" => 0,
            "long" => 50_000,
            _ => 300,
        };
        // Shared drives belong to organisations.
        let shared_count = if person.id == "grace" { SHARED } else { 0 };
        let seed = person.number("drive", 63);
        Self { seed, person: person.clone(), now, origin: origin.to_owned(), count, shared_count }
    }

    /// The indexes of these drives.
    pub fn range(&self, corpora: Corpora) -> Range<usize> {
        let all = self.count + self.shared_count;
        match corpora {
            Corpora::User => 0..self.count,
            Corpora::Drive => self.count..all,
            Corpora::AllDrives => 0..all,
        }
    }

    /// The id of the shared drive, and of its root.
    pub fn drive_id(&self) -> Option<String> {
        let bytes = [self.mix(usize::MAX, Fact::Parent).to_be_bytes(), self.mix(usize::MAX, Fact::Size).to_be_bytes()];
        let id = format!("0A{}PVA", &URL_SAFE_NO_PAD.encode(bytes.concat())[..14]);
        (self.shared_count > 0).then_some(id)
    }

    pub fn is_in_shared_drive(&self, index: usize) -> bool {
        index >= self.count
    }

    /// The id that `root` is an alias of.
    pub fn root_id(&self) -> String {
        let bytes = [self.mix(usize::MAX, Fact::Id).to_be_bytes(), self.mix(usize::MAX, Fact::Kind).to_be_bytes()];
        format!("0A{}PVA", &URL_SAFE_NO_PAD.encode(bytes.concat())[..14])
    }

    /// 33 characters starting with 1; encodes the index.
    pub fn id(&self, index: usize) -> String {
        let index_bytes = u32::try_from(index).unwrap_or(u32::MAX) ^ self.id_mask();
        let mut bytes = index_bytes.to_be_bytes().to_vec();
        for fact in [Fact::Id, Fact::Kind, Fact::Name] {
            bytes.extend(self.mix(index, fact).rotate_left(17).to_be_bytes());
        }
        format!("1{}", URL_SAFE_NO_PAD.encode(&bytes[..24]))
    }

    pub fn place(&self, id: &str) -> Option<Place> {
        if id == "root" || id == self.root_id() {
            return Some(Place::Root);
        }
        if self.drive_id().as_deref() == Some(id) {
            return Some(Place::SharedRoot);
        }
        let bytes = URL_SAFE_NO_PAD.decode(id.strip_prefix('1')?).ok()?;
        let hidden = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let index = usize::try_from(hidden ^ self.id_mask()).ok()?;
        (index < self.count + self.shared_count && self.id(index) == id).then_some(Place::At(index))
    }

    /// Files shared by others may have no parent.
    pub fn parent(&self, index: usize) -> Option<Place> {
        if let Some(shared) = index.checked_sub(self.count) {
            return Some(match shared {
                0 | 1 => Place::SharedRoot,
                2 | 3 => Place::At(index - 2),
                _ if shared.is_multiple_of(3) => Place::SharedRoot,
                _ => Place::At(self.count + shared % SHARED_FOLDERS),
            });
        }
        if index < FOLDERS {
            return Some(if index < 2 { Place::Root } else { Place::At(index / 2 - 1) });
        }
        let mix = self.mix(index, Fact::Parent);
        if self.owner(index) != Owner::Me && mix.is_multiple_of(2) {
            return None;
        }
        let folder = self.below(mix >> 8, FOLDERS);
        Some(if self.is_awkward(index) || (mix >> 4).is_multiple_of(3) { Place::Root } else { Place::At(folder) })
    }

    pub fn kind(&self, index: usize) -> &'static Kind {
        if index < FOLDERS || self.is_shared_folder(index) {
            return &FOLDER;
        }
        match AWKWARD.get(index - FOLDERS) {
            Some(name) => {
                let extension = names::extension(name);
                KINDS.iter().find(|kind| kind.extension == extension).copied().unwrap_or(&UNKNOWN)
            }
            None => KINDS[self.below(self.mix(index, Fact::Kind), KINDS.len())],
        }
    }

    pub fn name(&self, index: usize) -> String {
        let mix = self.mix(index, Fact::Name);
        if self.is_shared_folder(index) {
            return names::of_folder(index, mix);
        }
        match index.checked_sub(FOLDERS).map(|index| AWKWARD.get(index)) {
            None => names::of_folder(index, mix),
            Some(Some(name)) => (*name).to_owned(),
            Some(None) => names::of_file(mix, self.kind(index).extension),
        }
    }

    /// Seconds since the last change. The first file is from the future, which Drive allows clients to set.
    pub fn age(&self, index: usize) -> i64 {
        let mix = self.mix(index, Fact::Age);
        let longest = match mix % 10 {
            _ if index == FOLDERS => return -300,
            0 => HOUR,
            1..=2 => DAY,
            3..=5 => 30 * DAY,
            6..=8 => 730 * DAY,
            _ => 4_380 * DAY,
        };
        i64::try_from(mix >> 8).unwrap_or_default() % longest
    }

    /// Seconds since its creation.
    pub fn created(&self, index: usize) -> i64 {
        let before = i64::try_from(self.mix(index, Fact::Created) >> 8).unwrap_or_default() % (200 * DAY);
        self.age(index).max(0) + before
    }

    /// Bytes: of files up to 8 GiB, of Google's own documents up to 64 KiB; `None` for folders, shortcuts and forms.
    pub fn size(&self, index: usize) -> Option<u64> {
        let mix = self.mix(index, Fact::Size);
        match self.kind(index) {
            Kind { extension: Some(_), .. } => Some((mix >> 8) & ((1 << (mix % 34)) - 1)),
            Kind { is_editor: true, .. } => Some((mix >> 8) % (1 << 16) + 1),
            _ => None,
        }
    }

    pub fn owner(&self, index: usize) -> Owner {
        match self.mix(index, Fact::Owner) % 8 {
            _ if self.is_in_shared_drive(index) => Owner::Drive,
            _ if index < FOLDERS || self.is_awkward(index) => Owner::Me,
            0 => Owner::Other("Charles Babbage", "charles@example.org"),
            1 => Owner::Other("Émilie <b>du</b> Châtelet", "emilie@example.org"),
            _ => Owner::Me,
        }
    }

    pub fn shared(&self, index: usize) -> bool {
        self.owner(index) != Owner::Me || self.mix(index, Fact::Flags).is_multiple_of(6)
    }

    pub fn starred(&self, index: usize) -> bool {
        (self.mix(index, Fact::Flags) >> 8).is_multiple_of(12)
    }

    pub fn trashed(&self, index: usize) -> bool {
        let exempt = index < FOLDERS || self.is_awkward(index) || self.owner(index) != Owner::Me;
        !exempt && (self.mix(index, Fact::Flags) >> 16).is_multiple_of(25)
    }

    /// The index of a shortcut's target.
    pub fn target(&self, index: usize) -> usize {
        let target = self.below(self.mix(index, Fact::Target), self.count.max(1));
        if self.kind(target).mime_type == SHORTCUT.mime_type { 0 } else { target }
    }

    fn is_shared_folder(&self, index: usize) -> bool {
        index.checked_sub(self.count).is_some_and(|shared| shared < SHARED_FOLDERS)
    }

    fn is_awkward(&self, index: usize) -> bool {
        (FOLDERS..FOLDERS + AWKWARD.len()).contains(&index)
    }

    fn id_mask(&self) -> u32 {
        u32::try_from(self.mix(usize::MAX, Fact::Target) >> 32).unwrap_or_default()
    }

    fn below(&self, mix: u64, length: usize) -> usize {
        usize::try_from(mix % length as u64).unwrap_or_default()
    }

    /// A pseudo-random number per fact and file: the finalizer of SplitMix64.
    fn mix(&self, index: usize, fact: Fact) -> u64 {
        let mut mix = self.seed ^ (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((fact as u64 + 1) << 40);
        mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mix ^ (mix >> 31)
    }
}
