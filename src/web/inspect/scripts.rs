//! Attacks that the robot plays. Each returns the id of the request that was stopped.

use serde_json::json;

use super::robot::{Answer, Robot, RobotError, with_parameter_of};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Replay,
    SecondTab,
    OldRefreshToken,
}

impl Script {
    pub async fn play(self, robot: &mut Robot) -> Result<String, RobotError> {
        let stopped = match self {
            Self::Replay => replay(robot).await,
            Self::SecondTab => second_tab(robot).await,
            Self::OldRefreshToken => old_refresh_token(robot).await,
        };
        Ok(stopped?.request_id)
    }
}

/// The same response twice, the second time with a copy of the cookies from before the first.
async fn replay(robot: &mut Robot) -> Result<Answer, RobotError> {
    let callback = robot.callback().await?;
    let copied = robot.jar.clone();
    robot.get(&callback).await?;
    robot.jar = copied;
    robot.get(&callback).await
}

/// Two flows in one browser; the code of the second in the response to the first.
async fn second_tab(robot: &mut Robot) -> Result<Answer, RobotError> {
    let (first, second) = (robot.callback().await?, robot.callback().await?);
    robot.get(&with_parameter_of(&first, "code", &second)?).await
}

/// A program refreshes twice; then a thief comes with the first refresh token.
async fn old_refresh_token(robot: &mut Robot) -> Result<Answer, RobotError> {
    let nonce = robot.get("/api/auth/nonce").await?.text("nonce")?;
    let id_token = robot.id_token(&nonce).await?;
    let sign_in = json!({ "provider": "google", "id_token": id_token, "mode": "token" });
    let copied = robot.post_json("/api/auth", &sign_in).await?.text("refresh_token")?;
    let mut current = copied.clone();
    for _ in 0..2 {
        current = refresh(robot, &current).await?.text("refresh_token")?;
    }
    robot.jar.clear();
    refresh(robot, &copied).await
}

async fn refresh(robot: &mut Robot, token: &str) -> Result<Answer, RobotError> {
    robot.post_json("/api/auth/refresh", &json!({ "refresh_token": token })).await
}
