//! The files of the build, as browsers get them.

use axum::body::Body;
use http::{Request, header};
use leptos::config::LeptosOptions;
use tower::ServiceExt as _;

#[tokio::test]
async fn a_part_of_the_program_is_kept_for_ever_and_comes_compressed() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("pkg");
    std::fs::create_dir(&folder).unwrap();
    let part = "split_account.AAAAAAAAAAAAAAAAAAAAAA.wasm";
    std::fs::write(folder.join(part), "plain").unwrap();
    std::fs::write(folder.join(format!("{part}.br")), "compressed").unwrap();
    let options = LeptosOptions::builder()
        .output_name("exeunt")
        .site_root(root.path().display().to_string())
        .site_pkg_dir("pkg")
        .hash_files(true)
        .build();
    let request = Request::get(format!("/pkg/{part}"))
        .header(header::ACCEPT_ENCODING, "gzip, br")
        .body(Body::empty())
        .unwrap();
    let answer = server::static_files::routes(&options)
        .oneshot(request)
        .await
        .unwrap();
    let told = |name| answer.headers().get(name).map(|value| value.to_str().unwrap());
    assert_eq!(answer.status(), 200);
    // Without this type a browser does not compile it while it comes.
    assert_eq!(told(header::CONTENT_TYPE), Some("application/wasm"));
    assert_eq!(told(header::CONTENT_ENCODING), Some("br"));
    assert_eq!(
        told(header::CACHE_CONTROL),
        Some("public, max-age=31536000, immutable")
    );
}
