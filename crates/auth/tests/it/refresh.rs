//! `POST /refresh`: rotation, reuse, lost answers, limits.

use chrono::TimeDelta;
use common::permission::Role;
use futures_util::future::join_all;

use crate::stub::{Mood, PASSWORD};
use crate::support::{Bed, Pair};

#[tokio::test]
async fn a_used_token_ends_its_whole_family() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let second = bed.refresh(&first).await;
    assert_eq!(second.sid(), first.sid());
    bed.verify(&second).await.expect(200);
    let third = bed.refresh(&second).await;
    bed.try_refresh(&first.refresh)
        .await
        .problem(401, "auth.refresh_reused");
    bed.try_refresh(&third.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    bed.wait_for_end(&third).await;
    bed.wait_for_end(&first).await;
    assert_eq!(bed.audited("session.refresh_reused", "denied").await, 1);
    bed.login("ana").await;
}

#[tokio::test]
async fn the_person_is_told_of_a_reuse_at_the_next_sign_in_only() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let second = bed.refresh(&first).await;
    bed.verify(&second).await.expect(200);
    bed.advance(TimeDelta::seconds(1));
    bed.try_refresh(&first.refresh)
        .await
        .problem(401, "auth.refresh_reused");
    let notices = |answer: serde_json::Value| answer["notices"].clone();
    let told = notices(bed.try_login("ana", PASSWORD).await.expect(200));
    assert_eq!(told[0]["code"], "session_ended_by_reuse", "{told}");
    assert_eq!(told.as_array().unwrap().len(), 1);
    bed.advance(TimeDelta::seconds(1));
    let later = notices(bed.try_login("ana", PASSWORD).await.expect(200));
    assert!(later.is_null(), "{later}");
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let lost = bed.refresh(&first).await;
    bed.advance(TimeDelta::seconds(30));
    let second = bed.refresh(&first).await;
    bed.try_refresh(&lost.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    let third = bed.refresh(&second).await;
    bed.verify(&third).await.expect(200);
}

#[tokio::test]
async fn a_replaced_token_is_reuse_when_it_comes_late() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let lost = bed.refresh(&first).await;
    let second = bed.refresh(&first).await;
    bed.advance(TimeDelta::seconds(31));
    bed.try_refresh(&lost.refresh)
        .await
        .problem(401, "auth.refresh_reused");
    bed.try_refresh(&second.refresh)
        .await
        .problem(401, "auth.refresh_refused");
}

#[tokio::test]
async fn a_lost_answer_is_believed_for_thirty_seconds_only() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let second = bed.refresh(&first).await;
    bed.advance(TimeDelta::seconds(31));
    bed.try_refresh(&first.refresh)
        .await
        .problem(401, "auth.refresh_reused");
    bed.try_refresh(&second.refresh)
        .await
        .problem(401, "auth.refresh_refused");
}

#[tokio::test]
async fn an_answer_whose_access_token_was_seen_is_not_lost() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let second = bed.refresh(&first).await;
    bed.verify(&second).await.expect(200);
    bed.try_refresh(&first.refresh)
        .await
        .problem(401, "auth.refresh_reused");
}

#[tokio::test]
async fn a_refresh_waits_for_what_is_being_written_of_seen_tokens() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let second = bed.refresh(&first).await;
    let root = bed.app.db.superuser().await;
    let mut hold = root.begin().await.unwrap();
    sqlx::query!("SELECT hash FROM auth.refresh_token FOR UPDATE")
        .fetch_all(&mut *hold)
        .await
        .unwrap();
    let waiting = "SELECT count(*) FROM pg_stat_activity
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    bed.verify(&second).await.expect(200);
    testkit::wait::until("the write", async || {
        (bed.count(waiting).await == 1).then_some(())
    })
    .await;
    let release = async {
        // A refresh that does not wait would by now have judged, and wait for the same rows.
        for _ in 0..25 {
            if bed.count(waiting).await > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        hold.rollback().await.unwrap();
    };
    let (answer, ()) = tokio::join!(bed.try_refresh(&first.refresh), release);
    answer.problem(401, "auth.refresh_reused");
}

#[tokio::test]
async fn only_the_token_right_before_can_have_been_lost() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let second = bed.refresh(&first).await;
    let third = bed.refresh(&second).await;
    bed.try_refresh(&first.refresh)
        .await
        .problem(401, "auth.refresh_reused");
    bed.try_refresh(&third.refresh)
        .await
        .problem(401, "auth.refresh_refused");
}

#[tokio::test]
async fn fifty_refreshes_of_one_token_at_once_leave_one_family_alive() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    let answers = join_all((0..50).map(|_| bed.try_refresh(&first.refresh))).await;
    let pairs: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status == 200)
        .map(|answer| Pair::of(&answer.json()))
        .collect();
    assert!(!pairs.is_empty());
    let mut alive = Vec::new();
    for pair in &pairs {
        let answer = bed.try_refresh(&pair.refresh).await;
        if answer.status == 200 {
            alive.push(Pair::of(&answer.json()));
        } else {
            answer.problem(401, "auth.refresh_refused");
        }
    }
    assert_eq!(alive.len(), 1, "of {} answers", pairs.len());
    bed.verify(&alive[0]).await.expect(200);
    let unused = "SELECT count(*) FROM auth.refresh_token
                  WHERE consumed_at IS NULL AND revoked_at IS NULL";
    assert_eq!(bed.count(unused).await, 1);
}

#[tokio::test]
async fn a_refresh_takes_over_what_changed_about_the_person() {
    let bed = Bed::start().await;
    let first = bed.login("otto").await;
    bed.users.edit(2, |user| {
        user.role = Role::Viewer;
        user.token_version = 7;
        user.email = "new@example.org".to_owned();
    });
    let second = bed.refresh(&first).await;
    assert_eq!(second.claim("tv"), 7);
    let user = bed.verify(&second).await.expect(200)["user"].clone();
    assert_eq!(
        (&user["role"], &user["email"]),
        (&"viewer".into(), &"new@example.org".into())
    );
}

#[tokio::test]
async fn the_session_of_a_closed_account_ends() {
    let bed = Bed::start().await;
    let otto = bed.login("otto").await;
    bed.users.edit(2, |user| user.is_active = false);
    bed.try_refresh(&otto.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    bed.wait_for_end(&otto).await;
    bed.users.edit(2, |user| user.is_active = true);
    bed.try_refresh(&otto.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    let vera = bed.login("vera").await;
    bed.users.forget(3);
    bed.try_refresh(&vera.refresh)
        .await
        .problem(401, "auth.refresh_refused");
    bed.wait_for_end(&vera).await;
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    bed.advance(TimeDelta::seconds(3599));
    let second = bed.refresh(&first).await;
    bed.advance(TimeDelta::seconds(3600));
    bed.try_refresh(&second.refresh)
        .await
        .problem(401, "auth.refresh_refused");
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    let bed = Bed::start().await;
    let mut pair = bed.login("ana").await;
    for _ in 0..14 {
        bed.advance(TimeDelta::minutes(50));
        pair = bed.refresh(&pair).await;
    }
    bed.advance(TimeDelta::minutes(15));
    let last = bed.try_refresh(&pair.refresh).await.expect(200);
    assert_eq!(last["expires_in"], 300, "no longer than the session");
    bed.advance(TimeDelta::minutes(5));
    let over = bed.try_refresh(&Pair::of(&last).refresh).await;
    over.problem(401, "auth.refresh_refused");
}

#[tokio::test]
async fn nothing_is_used_up_while_users_cannot_answer() {
    let bed = Bed::start().await;
    let first = bed.login("ana").await;
    for mood in [Mood::Away, Mood::Distrustful] {
        bed.users.set_mood(mood);
        let away = bed.try_refresh(&first.refresh).await;
        away.problem(503, "unavailable.service");
    }
    bed.users.set_mood(Mood::Well);
    bed.advance(TimeDelta::minutes(5));
    bed.refresh(&first).await;
}

#[tokio::test]
async fn what_is_no_refresh_token_is_refused() {
    let bed = Bed::start().await;
    let ana = bed.login("ana").await;
    let unknown = "A".repeat(43);
    let cut = ana.refresh.get(1..).unwrap();
    for text in ["x", "a\u{0}b", "ä", &unknown, cut, &ana.access] {
        let answer = bed.try_refresh(text).await;
        let nul = text.contains('\0');
        let code = if nul {
            "request.invalid"
        } else {
            "auth.refresh_refused"
        };
        answer.problem(if nul { 400 } else { 401 }, code);
    }
    bed.refresh(&ana).await;
}
