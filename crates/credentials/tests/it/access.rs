//! Who is let in where.

use testkit::{forged, matrix};

use crate::support::open;

#[tokio::test]
async fn every_operation_admits_whom_its_document_names() {
    let app = open().await;
    assert!(matrix::check(&app).await >= 12);
}

#[tokio::test]
async fn no_forged_token_is_accepted() {
    let app = open().await;
    assert!(forged::check(&app, "/credentials").await >= 30);
}
