//! Records as the scripts read and write them: fields of four bytes of length and so many bytes.

use crate::{clock::Timestamp, store::StoreError};

/// What the engine gave is nothing that this store wrote.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("what lies in the Redis store is not what Exeunt wrote there")]
pub(super) struct Malformed;

impl From<Malformed> for StoreError {
    fn from(malformed: Malformed) -> Self {
        Self::backend(malformed)
    }
}

/// Packs fields.
pub(super) fn packed<'a>(fields: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut record = Vec::new();
    for field in fields {
        // No field comes near 4 GiB: bodies are bounded at 64 KiB. The engine takes no more than 512 MiB anyway.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        record.extend_from_slice(&length.to_be_bytes());
        record.extend_from_slice(field);
    }
    record
}

/// Issuer and subject, or issuer and sid.
pub(super) fn at_issuer(iss: &str, value: &str) -> Vec<u8> {
    packed([iss.as_bytes(), value.as_bytes()])
}

/// A moment in digits, or nothing.
pub(super) fn moment_or_none(moment: Option<Timestamp>) -> String {
    moment.map(digits).unwrap_or_default()
}

/// A moment in digits.
pub(super) fn digits(moment: Timestamp) -> String {
    moment.millis().to_string()
}

/// Behind a plus sign what is there; without one there is nothing.
pub(super) fn optional(value: Option<&[u8]>) -> Vec<u8> {
    value.map(|value| [b"+", value].concat()).unwrap_or_default()
}

/// Takes a record apart, field by field.
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) const fn of(record: &'a [u8]) -> Self {
        Self(record)
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Malformed> {
        let (length, rest) = self.0.split_first_chunk::<4>().ok_or(Malformed)?;
        let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| Malformed)?;
        let (field, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
        self.0 = rest;
        Ok(field)
    }

    pub(super) fn text(&mut self) -> Result<String, Malformed> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| Malformed)
    }

    pub(super) fn optional_text(&mut self) -> Result<Option<String>, Malformed> {
        let text = self.text()?;
        Ok(text.strip_prefix('+').map(str::to_owned))
    }

    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Result<T, Malformed> {
        self.text()?.parse().map_err(|_| Malformed)
    }

    pub(super) fn moment(&mut self) -> Result<Timestamp, Malformed> {
        self.number().map(Timestamp::from_millis)
    }

    pub(super) fn optional_moment(&mut self) -> Result<Option<Timestamp>, Malformed> {
        let text = self.text()?;
        if text.is_empty() {
            return Ok(None);
        }
        text.parse()
            .map(|millis| Some(Timestamp::from_millis(millis)))
            .map_err(|_| Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_read_again() {
        let record = packed([b"".as_slice(), b"a\0b", b"+", b"", b"-5"]);
        let mut fields = Fields::of(&record);
        assert_eq!(fields.bytes().unwrap(), b"");
        assert_eq!(fields.bytes().unwrap(), b"a\0b");
        assert_eq!(fields.optional_text().unwrap(), Some(String::new()));
        assert_eq!(fields.optional_text().unwrap(), None);
        assert_eq!(fields.moment().unwrap(), Timestamp::from_millis(-5));
        assert!(fields.bytes().is_err(), "there is no more");
    }

    #[test]
    fn a_record_that_is_cut_off_is_no_record() {
        let record = packed([b"four".as_slice()]);
        for length in 0..record.len() {
            assert!(Fields::of(&record[..length]).bytes().is_err(), "{length}");
        }
    }
}
