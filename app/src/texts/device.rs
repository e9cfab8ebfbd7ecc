//! What the relying party calls a browser ("Firefox on Linux"), in German. It knows no other language than English, and keeps
//! that name from the sign-in on.

/// In German. The name of a product is the same; what is not understood stays as it is.
pub(crate) fn german_device(english: &str) -> String {
    let (browser, system) = english
        .split_once(" on ")
        .map_or((english, None), |(browser, system)| (browser, Some(system)));
    let browser = match browser {
        "Unknown browser" => "Unbekannter Browser",
        "Android browser" => "Android-Browser",
        product => product,
    };
    match system {
        None => browser.to_owned(),
        Some(device @ ("iPhone" | "iPad" | "Mac")) => format!("{browser} auf dem {device}"),
        Some(system) => format!("{browser} unter {system}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_in_german() {
        for (english, german) in [
            ("Chrome on Linux", "Chrome unter Linux"),
            ("Samsung Internet on Android", "Samsung Internet unter Android"),
            ("Android browser on Android", "Android-Browser unter Android"),
            ("Safari on iPhone", "Safari auf dem iPhone"),
            ("Firefox on iPad", "Firefox auf dem iPad"),
            ("Edge on Mac", "Edge auf dem Mac"),
            ("Unknown browser on Windows", "Unbekannter Browser unter Windows"),
            ("Unknown browser", "Unbekannter Browser"),
            ("GNOME Web", "GNOME Web"),
            ("", ""),
        ] {
            assert_eq!(german_device(english), german);
        }
    }
}
