//! The files of the build, as browsers get them.

use axum::body::Body;
use http::{Request, header};
use leptos::config::LeptosOptions;
use tower::ServiceExt as _;

/// The head of the answer for a file that lies below the site root, plain and compressed.
async fn head(path: &str) -> Vec<Option<String>> {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("pkg")).unwrap();
    let file = root.path().join(path.trim_start_matches('/'));
    std::fs::write(&file, "plain").unwrap();
    std::fs::write(format!("{}.br", file.display()), "compressed").unwrap();
    let options = LeptosOptions::builder()
        .output_name("exeunt")
        .site_root(root.path().display().to_string())
        .site_pkg_dir("pkg")
        .hash_files(true)
        .build();
    let request = Request::get(path)
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .body(Body::empty())
        .unwrap();
    let answer = server::static_files::routes(&options)
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    let told = |name| {
        let value = answer.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    [
        header::CONTENT_TYPE,
        header::CONTENT_ENCODING,
        header::CACHE_CONTROL,
    ]
    .map(told)
    .into()
}

#[tokio::test]
async fn what_is_named_by_its_content_is_kept_for_ever_and_comes_compressed() {
    for (path, content_type) in [
        // Without this type a browser does not compile it while it comes.
        (
            "/pkg/split_account.AAAAAAAAAAAAAAAAAAAAAA.wasm",
            "application/wasm",
        ),
        ("/pkg/favicon.AAAAAAAAAAAAAAAAAAAAAA.svg", "image/svg+xml"),
    ] {
        let expected = [content_type, "br", "public, max-age=31536000, immutable"];
        assert_eq!(
            head(path).await,
            expected.map(|value| Some(value.to_owned())),
            "{path}"
        );
    }
}

#[tokio::test]
async fn what_may_change_under_its_name_is_kept_for_an_hour() {
    let expected = ["image/svg+xml", "br", "public, max-age=3600"];
    assert_eq!(
        head("/favicon.svg").await,
        expected.map(|value| Some(value.to_owned()))
    );
}
