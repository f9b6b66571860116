//! Who may do what.

use crate::app::start;

#[tokio::test]
async fn access_is_what_the_document_says() {
    assert!(testkit::matrix::check(&start().await).await >= 22);
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    assert!(testkit::forged::check(&start().await, "/jobs").await >= 30);
}
