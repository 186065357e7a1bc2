//! Time zones.

use std::fmt;

use jiff::{Timestamp, tz::TimeZone};

/// Longest name that is looked up, in bytes. The longest of the database has 32.
const MAX_NAME: usize = 40;

/// A time zone of the IANA database, by its name. A browser tells its own: it is a hint for how to write times, and nothing is
/// decided by it.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// `Europe/Berlin`. `None` for anything that the database does not have.
    pub fn parse(unverified: &str) -> Option<Self> {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
        if unverified.len() > MAX_NAME || !unverified.bytes().all(is_name) {
            return None;
        }
        let zone = TimeZone::get(unverified).ok()?;
        zone.iana_name().is_some().then_some(Self(zone))
    }

    /// As the database spells it.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or_default()
    }

    /// Seconds east of UTC at a time (Unix seconds). Zero for a time outside the calendar.
    pub fn offset(&self, unix: i64) -> i64 {
        Timestamp::from_second(unix).map_or(0, |at| i64::from(self.0.to_offset(at).seconds()))
    }

    /// The zone in words: `Berlin time`, `New York time`. `None` for a zone without a place, such as `Etc/GMT+5`.
    pub fn place(&self) -> Option<String> {
        let (area, place) = self.name().split_once('/')?;
        let place = place.rsplit('/').next().unwrap_or(place);
        (area != "Etc").then(|| format!("{} time", place.replace('_', " ")))
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const JANUARY: i64 = 1_769_850_300;
    const JULY: i64 = 1_783_000_000;

    #[rstest]
    #[case("Europe/Berlin", 1, 2, Some("Berlin time"))]
    #[case("America/New_York", -5, -4, Some("New York time"))]
    #[case("America/Argentina/Buenos_Aires", -3, -3, Some("Buenos Aires time"))]
    #[case("Pacific/Auckland", 13, 12, Some("Auckland time"))]
    #[case("Etc/GMT+5", -5, -5, None)]
    #[case("UTC", 0, 0, None)]
    fn a_zone_has_its_offset_and_its_place(
        #[case] name: &str,
        #[case] winter: i64,
        #[case] summer: i64,
        #[case] place: Option<&str>,
    ) {
        let zone = Zone::parse(name).unwrap();
        assert_eq!((zone.offset(JANUARY), zone.offset(JULY)), (winter * 3600, summer * 3600), "{name}");
        assert_eq!(zone.place().as_deref(), place);
        assert_eq!(Zone::parse(zone.name()), Some(zone));
    }

    #[rstest]
    #[case::empty("")]
    #[case::markup("<b>x</b>")]
    #[case::path("../../etc/passwd")]
    #[case::unknown("Europe/Atlantis")]
    #[case::words("You won a prize")]
    #[case::long("Europe/BerlinBerlinBerlinBerlinBerlinBerlinBerlin")]
    #[case::control("Europe/Berlin\r\n")]
    fn another_text_is_no_zone(#[case] text: &str) {
        assert_eq!(Zone::parse(text), None);
        assert!(Zone::parse("Europe/Berlin").is_some());
    }

    #[test]
    fn no_time_panics() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!((berlin.offset(i64::MIN), berlin.offset(i64::MAX)), (0, 0));
    }
}
