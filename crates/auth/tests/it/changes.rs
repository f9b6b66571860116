//! What users changed takes effect on tokens and sessions.

use chrono::TimeDelta;
use common::permission::Role;
use testkit::wait;

use crate::stub::{Mood, PASSWORD};
use crate::support::Bed;

#[tokio::test]
async fn a_changed_role_ends_access_tokens_but_not_the_session() {
    let bed = Bed::start().await;
    let otto = bed.login("otto").await;
    let vera = bed.login("vera").await;
    bed.users.change(2, None, |user| user.role = Role::Viewer);
    bed.wait_for_end(&otto).await;
    let fresh = bed.refresh(&otto).await;
    assert_eq!(fresh.claim("role"), "viewer");
    bed.verify(&fresh).await.expect(200);
    bed.verify(&vera).await.expect(200);
}

#[tokio::test]
async fn a_changed_password_ends_all_sessions_but_one() {
    let bed = Bed::start().await;
    let kept = bed.login("otto").await;
    let other = bed.login("otto").await;
    bed.users.change(2, Some(&kept.sid()), |_user| {});
    bed.wait_for_end(&other).await;
    bed.try_refresh(&other.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    let kept = bed.refresh(&kept).await;
    bed.verify(&kept).await.expect(200);
    let newer = bed.login("otto").await;
    bed.verify(&newer).await.expect(200);
    bed.users.change(2, Some(""), |user| user.is_active = false);
    bed.wait_for_end(&kept).await;
    bed.try_refresh(&kept.refresh)
        .await
        .problem(401, "auth.refresh_refused");
}

#[tokio::test]
async fn refreshing_in_time_does_not_save_a_session_from_a_changed_password() {
    let bed = Bed::start().await;
    let thief = bed.login("otto").await;
    bed.users.set_mood(Mood::Away);
    bed.users.change(2, Some(""), |_user| {});
    bed.users.set_mood(Mood::Well);
    // Whether this comes before or after auth has read the change, the session ends.
    let fresh = bed.try_refresh(&thief.refresh).await;
    wait::until("the end of the session", async || {
        let live = "SELECT count(*) FROM auth.session WHERE revoked_at IS NULL";
        (bed.count(live).await == 0).then_some(())
    })
    .await;
    if fresh.status == 200 {
        let pair = crate::support::Pair::of(&fresh.json());
        bed.wait_for_end(&pair).await;
        bed.try_refresh(&pair.refresh)
            .await
            .problem(401, "auth.refresh_refused");
    }
}

#[tokio::test]
async fn a_change_takes_effect_once_however_many_processes_read_it() {
    let bed = Bed::start().await;
    let _second = bed.second().await;
    let _third = bed.second().await;
    for _ in 0..20 {
        bed.users.change(3, None, |_user| {});
    }
    wait::until("the last change", async || {
        (bed.count("SELECT coalesce(max(seq), 0) FROM auth.cursor")
            .await
            == 20)
            .then_some(())
    })
    .await;
    assert_eq!(bed.count("SELECT count(*) FROM auth.revocation").await, 20);
    assert_eq!(bed.count("SELECT seq FROM auth.revocation_head").await, 20);
}

#[tokio::test]
async fn a_sign_in_with_what_was_just_changed_is_tried_again() {
    let bed = Bed::start().await;
    bed.users.change(2, Some(""), |_user| {});
    wait::until("the change", async || {
        (bed.count("SELECT count(*) FROM auth.revocation").await == 1).then_some(())
    })
    .await;
    bed.users.edit(2, |user| user.token_version = 1);
    let stale = bed.try_login("otto", PASSWORD).await;
    stale.problem(429, "auth.busy");
    assert_eq!(bed.count("SELECT count(*) FROM auth.session").await, 0);
    bed.users.edit(2, |user| user.token_version = 2);
    bed.login("otto").await;
}

#[tokio::test]
async fn changes_are_read_once_users_answers_again() {
    let bed = Bed::start().await;
    let otto = bed.login("otto").await;
    bed.users.set_mood(Mood::Away);
    bed.users.change(2, Some(""), |_user| {});
    bed.advance(TimeDelta::seconds(10));
    bed.verify(&otto).await.expect(200);
    bed.users.set_mood(Mood::Well);
    bed.wait_for_end(&otto).await;
}
