//! The server's events, as they arrive.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{EventSource, MessageEvent};

/// What comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The server listens to us.
    Open,
    /// The session is over: the server's word why, and when (unix seconds).
    Ended(String, i64),
    /// Its limits or something else about it changed.
    Changed,
    /// The connection is gone, or was refused.
    Lost,
}

/// A connection, for as long as it is held.
pub(super) struct Stream {
    source: EventSource,
    _listener: Closure<dyn FnMut(web_sys::Event)>,
}

/// What the server sends, by name.
const NAMES: [&str; 5] = ["open", "error", "ended", "extended", "changed"];

impl Stream {
    /// Connects. `None` where the browser has no events.
    pub(super) fn open(address: &str, mut hear: impl FnMut(Heard) + 'static) -> Option<Self> {
        let source = EventSource::new(address).ok()?;
        let listener = Closure::new(move |event: web_sys::Event| {
            hear(match &*event.type_() {
                "open" => Heard::Open,
                "error" => Heard::Lost,
                "ended" => {
                    let data = event
                        .dyn_into::<MessageEvent>()
                        .ok()
                        .and_then(|event| event.data().as_string());
                    let (why, at) = read_end(&data.unwrap_or_default());
                    Heard::Ended(why, at)
                }
                _ => Heard::Changed,
            });
        });
        for name in NAMES {
            _ = source.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        Some(Self {
            source,
            _listener: listener,
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// `{"why":"back_channel","at":1700000000}`, by hand: a JSON reader for two fields would be larger than all of this.
fn read_end(data: &str) -> (String, i64) {
    let after = |name: &str| data.split_once(name).map(|(_, rest)| rest);
    let why = after("\"why\":\"").and_then(|rest| rest.split('"').next());
    let at = after("\"at\":").map(|rest| {
        rest.chars()
            .take_while(char::is_ascii_digit)
            .fold(0_i64, |sum, digit| {
                sum.saturating_mul(10)
                    .saturating_add(i64::from(digit.to_digit(10).unwrap_or_default()))
            })
    });
    (why.unwrap_or_default().into(), at.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_word_is_read_and_garbage_is_no_word() {
        assert_eq!(
            read_end(r#"{"why":"back_channel","at":1700000000}"#),
            ("back_channel".into(), 1_700_000_000)
        );
        assert_eq!(read_end(""), (String::new(), 0));
        assert_eq!(read_end(r#"{"at":-5,"why":7}"#), (String::new(), 0));
        assert_eq!(
            read_end(r#"{"at":99999999999999999999999,"why":"x"#),
            ("x".into(), i64::MAX)
        );
    }
}
