"""Our columns in words, the names by which lenders know them, and their words for what stands in a cell."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "number": _("Loan number"),
    "funder": _("Lender"),
    "product": _("Product"),
    "borrower_ref": _("Borrower's reference"),
    "borrower_name": _("Borrower's name"),
    "phone": _("Mobile number"),
    "language": _("Language"),
    "time_zone": _("Time zone"),
    "currency": _("Currency"),
    "principal": _("Principal"),
    "annual_rate": _("Rate, percent a year"),
    "periods": _("Number of instalments"),
    "method": _("Repayment method"),
    "frequency": _("Frequency"),
    "start_on": _("First day of the loan"),
    "first_due_on": _("First due day"),
    "day_count": _("Day count"),
    "rounding": _("Rounding"),
    "installment_multiple": _("Instalments are a multiple of"),
    "absorb": _("Which row takes what rounding leaves"),
    "month_end": _("Due days at the end of a month"),
    "principal_grace_periods": _("Instalments without principal at the start"),
    "interest_deferred_periods": _("Instalments without payment at the start"),
    "staged_percentages": _("Principal in stages, percent"),
    "fixed_installment": _("Instalment agreed on"),
    "rows": _("Rows by hand"),
    "reference": _("Payment reference"),
    "loan_number": _("Loan number"),
    "value_on": _("Value day"),
    "amount": _("Amount"),
}
SYNONYMS = {
    "number": ("loan_no", "loan_id", "loan_number", "contract_no", "contract_number", "借据号", "合同号", "贷款编号", "借款编号"),
    "product": ("product_name", "product_code", "产品", "产品名称"),
    "borrower_ref": ("customer_id", "client_id", "borrower_id", "customer_no", "客户号", "客户编号"),
    "borrower_name": ("name", "customer_name", "client_name", "姓名", "客户姓名", "借款人"),
    "phone": ("mobile", "phone_number", "tel", "手机号", "手机号码", "联系电话"),
    "currency": ("ccy", "币种"),
    "principal": ("loan_amount", "amount", "本金", "贷款金额", "放款金额", "借款金额"),
    "annual_rate": ("rate", "interest_rate", "年利率", "利率"),
    "periods": ("term", "terms", "installments", "instalments", "tenor", "期数", "总期数"),
    "method": ("repayment_method", "repayment_type", "还款方式"),
    "frequency": ("payment_frequency", "还款频率"),
    "start_on": ("start_date", "disbursed_on", "disbursement_date", "effective_date", "放款日期", "放款日", "起息日"),
    "first_due_on": ("first_due_date", "first_payment_date", "首期还款日", "首次还款日"),
    "reference": ("payment_id", "transaction_id", "txn_id", "流水号", "交易流水号"),
    "loan_number": ("loan_no", "loan_id", "number", "contract_no", "借据号", "合同号", "贷款编号", "借款编号"),
    "value_on": ("value_date", "payment_date", "date", "还款日期", "入账日期"),
    "amount": ("payment_amount", "paid", "还款金额", "金额"),
}  # fmt: skip
"""As a header has them: in small letters, with underscores for spaces."""
_METHODS = {
    "等额本息": "equal_installment",
    "等额本金": "equal_principal",
    "先息后本": "interest_only",
    "按月付息到期还本": "interest_only",
    "一次性还本付息": "bullet",
    "到期一次性还本付息": "bullet",
    "annuity": "equal_installment",
    "level": "equal_installment",
}
_FREQUENCIES = {"月": "monthly", "按月": "monthly", "每月": "monthly", "按季": "quarterly", "季": "quarterly", "每周": "weekly", "按周": "weekly"}  # fmt: skip
WORDS = {
    "method": _METHODS,
    "frequency": _FREQUENCIES,
    "currency": {"人民币": "CNY", "rmb": "CNY", "元": "CNY", "美元": "USD"},
}
"""What lenders write for the words that the format knows."""
