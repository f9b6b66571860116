//! Who may call what, and which tokens are none.

use chrono::TimeDelta;
use testkit::{forged, matrix};

use crate::support::{self, Bed};

#[tokio::test]
async fn access_is_as_the_document_says() {
    let bed = Bed::start_trusting().await;
    let count = matrix::check(&bed.app).await;
    assert!(count >= 20, "{count} operations");
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let bed = Bed::start_trusting().await;
    let count = forged::check(&bed.app, "/lockouts").await;
    assert!(count >= 30, "{count} tokens");
}

#[tokio::test]
async fn tokens_of_other_keys_are_refused_by_the_own_gate() {
    let bed = Bed::start().await;
    let pair = bed.login("ana").await;
    let parts: Vec<_> = pair.access.split('.').collect();
    let other = bed.login("otto").await;
    let foreign: Vec<_> = other.access.split('.').collect();
    let kid = pair.kid();
    let mut tokens = vec![
        support::forged(&bed.app),
        format!("{}.{}.", parts[0], parts[1]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.{}.{}", parts[0], foreign[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], foreign[2]),
        format!("{}A", pair.access),
        pair.refresh.clone(),
    ];
    for (_what, forged) in forged::tokens(&bed.app.authority, "auth") {
        // The same under the name of the real key, where the header can be replaced.
        let mut renamed: Vec<_> = forged.split('.').map(str::to_owned).collect();
        if renamed.len() == 3 {
            renamed[0] = parts[0].to_owned();
            tokens.push(renamed.join("."));
        }
        tokens.push(forged);
    }
    for token in tokens {
        let answer = bed.app.with_token(token.clone()).get("/verify").await;
        let refused = answer.status == 401 || token.len() > 4096 && answer.status == 431;
        assert!(refused, "{}: {token}", answer.status);
    }
    assert_eq!(kid, bed.login("ana").await.kid());
    bed.verify(&pair).await.expect(200);
}

#[tokio::test]
async fn a_token_is_over_when_its_time_is() {
    let bed = Bed::start().await;
    let pair = bed.login("ana").await;
    bed.advance(TimeDelta::seconds(929));
    bed.verify(&pair).await.expect(200);
    bed.advance(TimeDelta::seconds(1));
    bed.verify(&pair).await.problem(401, "auth.unauthorized");
    bed.app
        .anonymous()
        .get("/verify")
        .await
        .problem(401, "auth.unauthorized");
}
