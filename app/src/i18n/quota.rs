//! Texts of quotas.

use api::quota::RequestState;

texts! {
    pub struct Quota {
        hint = "What this project may use, and what it uses.", "이 프로젝트가 사용할 수 있는 한도와 현재 사용량입니다.";
        all = "All Quotas", "전체 할당량";
        admin_hint = "What projects may use, and what they ask for.", "프로젝트의 사용 한도와 증설 요청을 관리합니다.";
        defaults = "Defaults", "기본값";
        defaults_hint = "What holds for projects that have no limit of their own. Empty fields go back to what every cloud begins with; −1 means no limit.", "자체 한도가 없는 프로젝트에 적용됩니다. 비워 두면 처음 값으로 돌아가며, −1은 제한 없음을 뜻합니다.";
        default_is: fn(&str) -> String = |amount| format!("Default: {amount}."), |amount| format!("기본값: {amount}.");
        used_is: fn(&str) -> String = |amount| format!("In use: {amount}."), |amount| format!("사용량: {amount}.");
        resource = "Resource", "자원";
        new_limit = "New limit", "새 한도";
        units = "Memory in MB, images in bytes, everything else by number. −1 means no limit.", "메모리는 MB, 이미지는 바이트, 나머지는 개수로 입력합니다. −1은 제한 없음을 뜻합니다.";
        usage = "Usage", "사용량";
        bytes = "bytes", "바이트";
        asked = "From → to", "현재 → 요청";
        reason = "Reason", "사유";
        reason_hint = "What it is for, and until when.", "용도와 기간을 적어 주세요.";
        ask = "Ask for more", "증설 요청";
        requests = "Requests", "증설 요청";
        no_requests = "No requests", "요청이 없습니다";
        no_requests_hint = "Ask for more when a limit is in the way; the answer stands here.", "한도가 부족하면 증설을 요청하세요. 답변이 여기에 표시됩니다.";
        no_requests_all_hint = "When a project asks for more, you answer here.", "프로젝트에서 증설을 요청하면 여기에서 답변할 수 있습니다.";
        approve = "Approve", "승인";
        refuse = "Refuse", "거절";
        refuse_title: fn(&str) -> String = |project| format!("Refuse the request of {project}?"), |project| format!("{project} 프로젝트의 요청을 거절할까요?");
        refuse_body = "The limit stays as it is. Say why, so that they know what to do.", "한도는 그대로 유지됩니다. 요청자가 이해할 수 있도록 이유를 적어 주세요.";
        answer = "Answer", "답변";
        answered_by: fn(&str) -> String = |user| format!("answered by {user}"), |user| format!("답변자 {user}");
        states: fn(RequestState) -> &'static str = state_en, state_ko;
    }
}

fn state_en(state: RequestState) -> &'static str {
    match state {
        RequestState::Open => "Open",
        RequestState::Approved => "Approved",
        RequestState::Refused => "Refused",
    }
}

fn state_ko(state: RequestState) -> &'static str {
    match state {
        RequestState::Open => "대기 중",
        RequestState::Approved => "승인됨",
        RequestState::Refused => "거절됨",
    }
}
