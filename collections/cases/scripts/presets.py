"""The scripts that are there from the beginning: written by the house, in the spirit of respectful wording.

Calm, one clear step, options first, help offered early, only true consequences; whoever is not the borrower is asked one
thing only and told nothing. Rows that are there already are left as they are.
"""

from datetime import date
from typing import Any, Final, NamedTuple

from django.apps import AppConfig
from django.db import connections, transaction

from cases.models import DelayReason, Stage
from cases.scripts.models import Script
from contacts.models import Contact

FIRST_DAY: Final = date(2000, 1, 1)
Code, IN = DelayReason.Code, Contact.Direction.IN


class Preset(NamedTuple):
    code: str
    text: str
    text_zh: str
    stage: str = ""
    reason: str = ""
    direction: str = ""
    is_third_party: bool = False


HELLO = "Good day, this is {agent}, calling for {lender}. Is it a good moment to talk?\n"
HELLO_ZH = "您好，我是{lender}的{agent}，请问现在方便说话吗？\n"
PRESETS: Final = (
    Preset(
        "any",
        HELLO + "I would like to go through your account with you and hear how things stand.\n"
        "What would help you most right now? We can look at a later day or at smaller amounts together.",
        HELLO_ZH + "想和您核对一下账户情况，也想听听您目前的情况。\n您现在最需要什么帮助？我们可以一起看看延期或分期。",
    ),
    Preset(
        "early",
        HELLO + "An instalment has not arrived yet; perhaps it was missed or the debit did not work.\n"
        "If it is paid already, please disregard this call.\nOtherwise: on which day would it suit you?",
        HELLO_ZH + "您有一期款项尚未到账，可能是忘记了，或者扣款没有成功。\n如果已经还款，请忽略本次来电。\n如果还没有，您看哪天方便？",
        stage=Stage.EARLY,
    ),
    Preset(
        "middle",
        HELLO + "Some instalments are open. Let us look at the amounts: principal, interest and late fee are listed apart.\n"
        "There are ways to make it lighter: a later day, smaller instalments. Which would fit what you have each month?\n"
        "Fees run as the contract says; before anything goes to the credit bureau you are told.",
        HELLO_ZH + "您有几期款项未到账，我先和您核对金额：本金、利息和逾期费用分别列明。\n可以申请延期或降低每期金额，您每月大概能承受多少？\n逾期费用按合同计收；如按规定报送征信，报送前会告知您。",
        stage=Stage.MIDDLE,
    ),
    Preset(
        "late",
        HELLO + "The account has been open for a long time, and I would like to find a way that you can keep.\n"
        "We can go through income and costs together and propose a plan, or one reduced payment that settles it.\n"
        "Whatever we agree, you get it in writing before you decide.",
        HELLO_ZH + "您的账户逾期时间较长，我想和您一起找到您能够做到的办法。\n我们可以一起梳理收入和支出，申请分期方案，或协商一次性结清。\n无论怎样约定，决定之前您都会收到书面说明。",
        stage=Stage.LATE,
    ),
    Preset(
        "forgot",
        "Thank you for telling me; that happens. The amount and the day are in your app.\nShall I send you the way to pay as a message?",
        "谢谢您告诉我，这种情况很常见。应还金额和日期可以在App里查看。\n需要我把还款方式发短信给您吗？",
        reason=Code.FORGOT,
    ),
    Preset(
        "technical",
        "Thank you. Let us see which debit did not work and which account is the right one.\nUntil it is mended you can pay by the link in the app; nothing is charged twice.",
        "谢谢。我们先看是哪笔扣款没有成功，以及正确的账户。\n修复之前您可以在App里主动还款，不会重复扣款。",
        reason=Code.TECHNICAL,
    ),
    Preset(
        "cash_gap",
        "Thank you for being open. When does money come in next, and what has to be paid before?\nWe can take the amount in parts on days that fit you; please promise only what you are sure of.",
        "谢谢您坦诚相告。下一笔收入大概什么时候到？之前还有哪些必须的支出？\n可以按您方便的日子分几次还；请只承诺您有把握的金额。",
        reason=Code.CASH_GAP,
    ),
    Preset(
        "job_loss",
        "I am sorry to hear that. First your living costs, then we see what is left.\nYou may ask for a pause or a lower instalment; a notice from the employer is enough as proof.\nI write down today what you told me, and you need not explain it twice.",
        "听到这个消息很遗憾。先保证生活开支，再看还能承担多少。\n您可以申请延期或降低每期金额，离职证明即可。\n您今天说的我会记录下来，不必再解释一遍。",
        reason=Code.JOB_LOSS,
    ),
    Preset(
        "illness",
        "I am sorry; your health comes first. We can stop calling for a while.\nWhenever you can, or somebody whom you name, send us a paper of the hospital; then a pause can be asked for.",
        "很抱歉打扰，身体最重要，我们可以先暂停联系。\n方便的时候，由您或您指定的人提供一份医院证明，就可以申请延期。",
        reason=Code.ILLNESS,
    ),
    Preset(
        "bereavement",
        "Please accept my condolences. We do not speak about money today.\nI note that you are to be left in peace; when may somebody call again, if at all?",
        "请节哀。今天我们不谈款项。\n我会登记暂停联系；以后什么时候方便再联系您，或者是否不再来电，由您决定。",
        reason=Code.BEREAVEMENT,
    ),
    Preset(
        "overindebted",
        "Thank you for telling me; with several lenders it is a lot to hold together.\nPlease take no new loan to pay an old one. Let us look at all of it and ask for an instalment that leaves enough to live on.",
        "谢谢您告诉我，同时面对几家机构确实不容易。\n请不要再申请新的贷款。我们一起看看全部情况，申请一个保证生活开支的分期。",
        reason=Code.OVERINDEBTED,
    ),
    Preset(
        "business",
        "Thank you. Which months are good and which are slow for the business?\nInstalments can follow that: smaller now, larger later, if you want to ask for it.",
        "谢谢。您的生意旺季和淡季大概在什么时候？\n可以申请前低后高的分期，跟着经营情况走。",
        reason=Code.BUSINESS,
    ),
    Preset(
        "dispute",
        "Thank you for saying so. I write down what is not right in your eyes, and nobody calls you about it until it is answered.\nYou hear from us in writing; what papers do you have?",
        "谢谢您指出。我会记录您认为不对的地方，在答复之前不会再就此联系您。\n我们会书面答复；您手上有哪些材料？",
        reason=Code.DISPUTE,
    ),
    Preset(
        "fraud",
        "Thank you for telling me at once. I note that you say this was not you; it is looked into by other people.\nPlease give no codes or passwords to anybody, to us neither.",
        "谢谢您及时告知。我会登记您表示并非本人办理，由专人核查。\n请不要向任何人提供验证码或密码，包括我们。",
        reason=Code.FRAUD,
    ),
    Preset(
        "unwilling",
        "I hear that you do not want to pay. May I ask what stands behind it?\nIf something went wrong on our side I take it down as a complaint. If you prefer letters to calls, I note that too.",
        "我理解您目前不愿意还款，可以请问原因吗？\n如果是我们的问题，我会为您登记投诉；如果您更希望书面联系，我也会记录。",
        reason=Code.UNWILLING,
    ),
    Preset(
        "incoming",
        "Good day, {agent} for {lender}; thank you for calling. What can I do for you?\nBefore I speak about the account: may I have your full name and the last four signs of your identity number?",
        "您好，{lender}的{agent}为您服务，感谢来电，请问有什么可以帮您？\n涉及账户信息前，请提供您的姓名和身份证号后四位。",
        direction=IN,
    ),
    Preset(
        "somebody_else",
        "Good day, my name is {agent}. I would like to reach the person who had this number.\nCould you ask them to call back, please? Thank you, and excuse the disturbance.",
        "您好，我姓名是{agent}，想联系这个号码的机主。\n麻烦转告对方方便时回电，谢谢，打扰了。",
        is_third_party=True,
    ),
)  # fmt: skip


def install(using: str = "default") -> int:
    """Write the scripts that are not there yet and say how many they were; safe to run again."""
    with transaction.atomic(using=using):
        known = set(Script.objects.using(using).values_list("code", flat=True))
        missing = [Script(**each._asdict(), valid_from=FIRST_DAY) for each in PRESETS if each.code not in known]
        Script.objects.using(using).bulk_create(missing)
    return len(missing)


def install_after_migrate(sender: AppConfig, using: str = "default", **_: Any) -> None:
    """After each `migrate`, and after the flush of a test database."""
    if Script._meta.db_table in connections[using].introspection.table_names():
        install(using)
