//! A person's drive: every fact of a file follows from the person's number and the file's index, so that a drive of
//! any size costs no memory and is the same after a restart.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::kind::{FOLDER, KINDS, Kind, SHORTCUT, UNKNOWN};
use super::names::{self, AWKWARD};
use crate::persons::Person;

/// The first indexes are folders: two at the top, two in each, four deep.
pub const FOLDERS: usize = 30;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// One person's drive at one moment.
pub struct Disk {
    /// Whose.
    pub person: Person,
    /// The sandbox's time, unix seconds.
    pub now: i64,
    /// The sandbox's origin.
    pub origin: String,
    /// How many files and folders there are.
    pub count: usize,
    seed: u64,
}

/// Somewhere in a drive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// "My Drive" itself.
    Root,
    /// The file of that index.
    At(usize),
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Owner {
    /// The person's.
    Me,
    /// Somebody else's who shares it: name and address.
    Other(&'static str, &'static str),
}

/// Which fact of a file a number is drawn for.
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
    /// The drive of a person.
    pub fn of(person: &Person, now: i64, origin: &str) -> Self {
        let count = match person.id.as_str() {
            "plain" => 0,
            "long" => 50_000,
            _ => 300,
        };
        Self { seed: person.number("drive", 63), person: person.clone(), now, origin: origin.to_owned(), count }
    }

    /// The id of the drive itself, which `root` stands for.
    pub fn root_id(&self) -> String {
        let bytes = [self.mix(usize::MAX, Fact::Id).to_be_bytes(), self.mix(usize::MAX, Fact::Kind).to_be_bytes()];
        format!("0A{}PVA", &URL_SAFE_NO_PAD.encode(bytes.concat())[..14])
    }

    /// The id of a file: 33 characters that begin with 1. The index is hidden in it.
    pub fn id(&self, index: usize) -> String {
        let index_bytes = u32::try_from(index).unwrap_or(u32::MAX) ^ self.veil();
        let mut bytes = index_bytes.to_be_bytes().to_vec();
        for fact in [Fact::Id, Fact::Kind, Fact::Name] {
            bytes.extend(self.mix(index, fact).rotate_left(17).to_be_bytes());
        }
        format!("1{}", URL_SAFE_NO_PAD.encode(&bytes[..24]))
    }

    /// What has this id here.
    pub fn place(&self, id: &str) -> Option<Place> {
        if id == "root" || id == self.root_id() {
            return Some(Place::Root);
        }
        let bytes = URL_SAFE_NO_PAD.decode(id.strip_prefix('1')?).ok()?;
        let hidden = u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?);
        let index = usize::try_from(hidden ^ self.veil()).ok()?;
        (index < self.count && self.id(index) == id).then_some(Place::At(index))
    }

    /// Where a file is; what others share need not be anywhere.
    pub fn parent(&self, index: usize) -> Option<Place> {
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

    /// What kind of file it is.
    pub fn kind(&self, index: usize) -> &'static Kind {
        if index < FOLDERS {
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

    /// Its name.
    pub fn name(&self, index: usize) -> String {
        let mix = self.mix(index, Fact::Name);
        match index.checked_sub(FOLDERS).map(|index| AWKWARD.get(index)) {
            None => names::of_folder(index, mix),
            Some(Some(name)) => (*name).to_owned(),
            Some(None) => names::of_file(mix, self.kind(index).extension),
        }
    }

    /// How many seconds ago it was changed. The first file claims to be of the future, as Drive lets clients say.
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

    /// How many seconds ago it was made.
    pub fn created(&self, index: usize) -> i64 {
        let before = i64::try_from(self.mix(index, Fact::Created) >> 8).unwrap_or_default() % (200 * DAY);
        self.age(index).max(0) + before
    }

    /// Bytes: from none to 8 GiB. Folders, shortcuts and Google's own kinds have none to tell.
    pub fn size(&self, index: usize) -> Option<u64> {
        let mix = self.mix(index, Fact::Size);
        self.kind(index).extension.map(|_| (mix >> 8) & ((1 << (mix % 34)) - 1))
    }

    /// Whose it is.
    pub fn owner(&self, index: usize) -> Owner {
        match self.mix(index, Fact::Owner) % 8 {
            _ if index < FOLDERS || self.is_awkward(index) => Owner::Me,
            0 => Owner::Other("Charles Babbage", "charles@example.org"),
            1 => Owner::Other("Émilie <b>du</b> Châtelet", "emilie@example.org"),
            _ => Owner::Me,
        }
    }

    /// Whether others see it, too.
    pub fn shared(&self, index: usize) -> bool {
        self.owner(index) != Owner::Me || self.mix(index, Fact::Flags).is_multiple_of(6)
    }

    /// Whether it has a star.
    pub fn starred(&self, index: usize) -> bool {
        (self.mix(index, Fact::Flags) >> 8).is_multiple_of(12)
    }

    /// Whether it is in the bin.
    pub fn trashed(&self, index: usize) -> bool {
        let exempt = index < FOLDERS || self.is_awkward(index) || self.owner(index) != Owner::Me;
        !exempt && (self.mix(index, Fact::Flags) >> 16).is_multiple_of(25)
    }

    /// What a shortcut leads to: a file, or a folder.
    pub fn target(&self, index: usize) -> usize {
        let target = self.below(self.mix(index, Fact::Target), self.count.max(1));
        if self.kind(target).mime_type == SHORTCUT.mime_type { 0 } else { target }
    }

    fn is_awkward(&self, index: usize) -> bool {
        (FOLDERS..FOLDERS + AWKWARD.len()).contains(&index)
    }

    fn veil(&self) -> u32 {
        u32::try_from(self.mix(usize::MAX, Fact::Target) >> 32).unwrap_or_default()
    }

    fn below(&self, mix: u64, length: usize) -> usize {
        usize::try_from(mix % length as u64).unwrap_or_default()
    }

    /// A number for one fact of one file: the finaliser of SplitMix64, which is quick and scatters well.
    fn mix(&self, index: usize, fact: Fact) -> u64 {
        let mut mix = self.seed ^ (index as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ ((fact as u64 + 1) << 40);
        mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mix ^ (mix >> 31)
    }
}
