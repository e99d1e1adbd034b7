//! Texts of the history of operations.

texts! {
    pub struct Operation {
        what = "Action", "작업";
        target = "On", "대상";
        result = "Result", "결과";
        user = "By", "요청자";
        when = "When", "시각";
        none = "Nothing has been asked for yet", "아직 요청한 작업이 없습니다";
        none_hint = "What anybody in this project starts, changes or deletes stands here, with its result.", "이 프로젝트에서 시작하거나 변경하거나 삭제한 작업과 그 결과가 여기에 표시됩니다.";
    }
}
