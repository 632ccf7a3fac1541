"""What events mean here: the names of actions, intents, slots and responses that count."""

from __future__ import annotations

#: Actions that answer what no story covers. The rules of data/rules/fallback.yml send there the
#: intents nlu_fallback (FallbackClassifier), out_of_scope and ask_faq, and RulePolicy sends there
#: whatever no policy is sure about. The others are Rasa's own, for projects that keep them.
FALLBACK_ACTIONS = frozenset(
    {
        "action_fallback_reply",
        "action_default_fallback",
        "action_two_stage_fallback",
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_clarify",
    }
)

#: A fallback that found a checked article and said it word for word answered the question: ask_faq
#: is answered in no other way. What was written from articles, asked back or handed over counts.
ANSWERS_OF_FALLBACKS = frozenset(
    {"utter_knowledge_answer", "utter_knowledge_in_other_language", "utter_internal_error"}
)

#: The intent alone proves nothing: a form takes an address or a complaint that has this intent, and
#: a person reads it during a hand-over. It counts where a plain response of a rule answered it, as
#: is usual in projects without action_fallback_reply.
FALLBACK_INTENT = "nlu_fallback"
PLAIN_RESPONSE = "utter_"

#: Holds a ticket's reference once one is open, whichever action opened it (action_talk_to_human,
#: action_fallback_reply after two failures, action_file_complaint, action_handoff_joined); where
#: opening fails it stays empty.
HANDOFF_SLOT = "handoff"
#: The slots of a session before are set again by this action: no ticket is opened then.
SESSION_START = "action_session_start"
LISTEN = "action_listen"

#: The response in which a person's words are said.
STAFF_RESPONSE = "utter_staff_says"

#: Rasa's own, and what channels tell of a customer who has said nothing.
NOT_SAID = frozenset(
    {
        "session_start",
        "restart",
        "back",
        "wechat_subscribe",
        "wechat_unsubscribe",
        "wechat_scan",
        "wechat_view",
        "wecom_enter",
        "wecom_subscribe",
        "wecom_unsubscribe",
        "wecom_event",
        "wecom_kf_enter",
        "wecom_kf_event",
        "wecom_kf_session",
        "slack_home",
        "slack_view",
    }
)

#: Slots that hold what a person is called or where they live, asked for by a form: their values are
#: masked in what was said, whatever they look like.
PERSONAL_SLOTS = {
    "new_address": "address",
    "customer_name": "name",
    "invoice_title": "name",
    "invoice_email": "e-mail",
}
#: Entities of payloads that say where somebody is or who they are: they are left out.
PERSONAL_ENTITIES = frozenset(
    {"latitude", "longitude", "label", "name", "address", "phone", "media_id", "url", "user"}
)
