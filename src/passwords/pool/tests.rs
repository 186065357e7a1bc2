use std::sync::mpsc;

use tokio::task::{JoinHandle, yield_now};

use super::*;

const SMALL: Cost = Cost { memory_kib: 64, passes: 1 };

fn pool(threads: usize, queue: usize) -> PasswordPool {
    PasswordPool::of(SMALL, Lane::new(threads, queue, Some(100)), Lane::new(1, 1, None), PasswordRules::default())
}

async fn chosen(text: &str) -> NewPassword {
    pool(1, 0).choose(&text.into(), &[], None).await.unwrap().unwrap()
}

/// Occupies a place until the sender is used or dropped.
async fn occupy(pool: &PasswordPool) -> (mpsc::Sender<()>, JoinHandle<Result<bool, PoolError>>) {
    let (end, ended) = mpsc::channel::<()>();
    let pool = pool.clone();
    let task = tokio::spawn(async move { pool.hashing(None, move |_| Ok(ended.recv().is_ok())).await });
    yield_now().await;
    (end, task)
}

#[tokio::test]
async fn only_the_exact_password_verifies() {
    let pool = pool(1, 1);
    let hash = pool.hash(&chosen("correct horse battery staple").await, None).await.unwrap();
    for (password, verdict) in [
        ("correct horse battery staple", Verdict::Right { outdated: false }),
        ("correct horse battery stapl", Verdict::Wrong),
        ("correct horse battery staple ", Verdict::Wrong),
        ("Correct horse battery staple", Verdict::Wrong),
        ("", Verdict::Wrong),
    ] {
        assert_eq!(pool.verify(&password.into(), Some(&hash), None).await, Ok(verdict), "{password}");
    }
}

#[tokio::test]
async fn hashing_twice_gives_two_hashes() {
    let pool = pool(1, 1);
    let password = chosen("correct horse battery staple").await;
    assert_ne!(pool.hash(&password, None).await, pool.hash(&password, None).await);
}

#[tokio::test]
async fn decomposed_unicode_verifies() {
    let pool = pool(1, 1);
    let hash = pool.hash(&chosen("sm\u{f6}rg\u{e5}sbord i B\u{e5}stad").await, None).await.unwrap();
    let verdict = pool.verify(&"smo\u{308}rga\u{30a}sbord i Ba\u{30a}stad".into(), Some(&hash), None).await;
    assert_eq!(verdict, Ok(Verdict::Right { outdated: false }));
}

#[tokio::test]
async fn impossible_verifications_cost_one_hash() {
    let pool = pool(1, 1);
    let hash = pool.hash(&chosen("correct horse battery staple").await, None).await.unwrap();
    let unreadable = PasswordHash::from_row("$argon2id$".into());
    let long = "x".repeat(4097);
    for (password, hash) in [
        ("correct horse battery staple", None),
        ("correct horse battery staple", Some(&unreadable)),
        (long.as_str(), Some(&hash)),
        (long.as_str(), None),
    ] {
        let before = pool.0.hasher.computed();
        assert_eq!(pool.verify(&password.into(), hash, None).await, Ok(Verdict::Wrong));
        assert_eq!(pool.0.hasher.computed(), before + 1);
    }
}

#[tokio::test]
async fn weak_passwords_are_rejected_without_hashing() {
    let pool = pool(1, 1);
    assert_eq!(pool.choose(&"password".into(), &[], None).await.unwrap().unwrap_err(), PasswordError::Common);
    let personal = pool.choose(&"ada@example.com".into(), &["ada@example.com"], None).await.unwrap();
    assert_eq!(personal.unwrap_err(), PasswordError::Personal);
    assert_eq!(pool.0.hasher.computed(), 0);
}

#[tokio::test]
async fn full_queue_rejects_at_once() {
    let pool = pool(1, 1);
    let (end_first, first) = occupy(&pool).await;
    let (end_second, second) = occupy(&pool).await;
    assert_eq!(pool.verify(&"x".into(), None, None).await, Err(PoolError::Full));

    let load = PoolLoad { running: 1, waiting: 1, running_limit: 1, waiting_limit: 1 };
    assert_eq!(pool.load(), load);

    end_first.send(()).unwrap();
    assert_eq!(first.await.unwrap(), Ok(true));
    end_second.send(()).unwrap();
    assert_eq!(second.await.unwrap(), Ok(true));
    assert_eq!(pool.verify(&"x".into(), None, None).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn one_network_cannot_fill_the_queue() {
    let (hashes, estimates) = (Lane::new(1, 10, Some(2)), Lane::new(1, 1, None));
    let pool = PasswordPool::of(SMALL, hashes, estimates, PasswordRules::default());
    let (one, other) = (Some(IpAddr::from([203, 0, 113, 1])), Some(IpAddr::from([203, 0, 113, 2])));
    let (_end, _first) = occupy(&pool).await;
    let mut waiting = Vec::new();
    for _ in 0..2 {
        let pool = pool.clone();
        waiting.push(tokio::spawn(async move { pool.verify(&"x".into(), None, one).await }));
        yield_now().await;
    }
    assert_eq!(pool.verify(&"x".into(), None, one).await, Err(PoolError::Full));
    let counterpart = {
        let pool = pool.clone();
        tokio::spawn(async move { pool.verify(&"x".into(), None, other).await })
    };
    drop(_end);
    for waiting in waiting.into_iter().chain([counterpart]) {
        assert_eq!(waiting.await.unwrap(), Ok(Verdict::Wrong));
    }
}

#[tokio::test]
async fn estimates_do_not_wait_for_hashes() {
    let pool = pool(1, 0);
    let (_end, _first) = occupy(&pool).await;
    assert_eq!(pool.verify(&"x".into(), None, None).await, Err(PoolError::Full));
    assert!(pool.choose(&"correct horse battery staple".into(), &[], None).await.unwrap().is_ok());
}

#[tokio::test]
async fn cancelled_caller_frees_its_place_but_not_the_thread() {
    let pool = pool(1, 1);
    let (end_first, first) = occupy(&pool).await;
    let (_end_second, second) = occupy(&pool).await;
    second.abort();
    assert!(second.await.unwrap_err().is_cancelled());
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    assert_eq!(format!("{:?}", pool.0.hashes.places), "Places(1 of 2 taken)");
    assert_eq!(pool.0.hashes.threads.available_permits(), 0);

    end_first.send(()).unwrap();
    assert_eq!(pool.verify(&"x".into(), None, None).await, Ok(Verdict::Wrong));
}

#[tokio::test]
async fn panicking_work_leaves_the_pool_usable() {
    let pool = pool(1, 0);
    let broken: Result<(), _> = pool.hashing(None, |_| panic!("as a test")).await;
    assert_eq!(broken, Err(PoolError::Broken));
    assert_eq!(pool.verify(&"x".into(), None, None).await, Ok(Verdict::Wrong));
}
