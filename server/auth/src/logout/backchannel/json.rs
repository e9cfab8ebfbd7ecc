//! JSON objects whose member names are unique, at every depth.
//!
//! `serde_json` keeps the last of two members of one name; another reader may keep the first. A token that can be read in
//! two ways is refused. Depth is bounded by `serde_json` itself (128 levels).

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::LogoutTokenError;

/// Reads one object and nothing after it.
pub(super) fn parse_object(bytes: &[u8]) -> Result<Map<String, Value>, LogoutTokenError> {
    let duplicate = Cell::new(false);
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Unique(&duplicate)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(Value::Object(members)) => Ok(members),
        Err(_) if duplicate.get() => Err(LogoutTokenError::DuplicateMember),
        Ok(_) | Err(_) => Err(LogoutTokenError::Malformed),
    }
}

/// Reads a value, and notes in the cell if a name came twice.
#[derive(Clone, Copy)]
struct Unique<'a>(&'a Cell<bool>);

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON with unique member names")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                self.0.set(true);
                return Err(A::Error::custom("a member name comes twice"));
            }
            let value = members.next_value_seed(self)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Value, LogoutTokenError> {
        parse_object(text.as_bytes()).map(Value::Object)
    }

    #[test]
    fn it_reads_what_serde_json_reads() {
        let text =
            r#"{"a":[1,-2,0.5,1e3,null,true,"x\u0041\n"],"b":{"c":{}},"d":18446744073709551615,"\u0065":""}"#;
        assert_eq!(read(text).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(read(" { } ").unwrap(), json!({}));
    }

    #[test]
    fn f1_37_a_name_that_comes_twice_is_refused_at_every_depth_and_however_it_is_written() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"b":2,"\u0061":3}"#,
            r#"{"a":{"b":{"c":0,"c":0}}}"#,
            r#"{"a":[{"b":0},{"c":0,"c":0}]}"#,
        ] {
            assert_eq!(read(text), Err(LogoutTokenError::DuplicateMember), "{text}");
        }
        assert!(read(r#"{"a":{"a":{"a":0}},"b":[{"a":0},{"a":0}],"A":0}"#).is_ok());
    }

    #[test]
    fn f1_43_what_is_no_object_is_refused() {
        let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
        let deep_list = format!(r#"{{"a":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
        for text in [
            "",
            " ",
            "{",
            "{}{}",
            "{} x",
            "[]",
            "1",
            "null",
            "\"{}\"",
            "{a:1}",
            r#"{"a":1,}"#,
            r#"{"a":1e400}"#,
            r#"{"a":"\ud800"}"#,
            "\u{feff}{}",
            &deep,
            &deep_list,
        ] {
            assert_eq!(
                read(text),
                Err(LogoutTokenError::Malformed),
                "{}",
                text.get(..20).unwrap_or(text)
            );
        }
        assert_eq!(
            parse_object(b"{\"a\":\"\xff\"}"),
            Err(LogoutTokenError::Malformed)
        );
    }
}
