"""Routes under /api/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from cases.api import CaseViewSet
from cases.api_dealing import (
    AssignmentRulesView,
    NextCaseView,
    ProposalApplyView,
    ProposalDiscardView,
    ProposalsView,
    ProposalView,
)
from cases.api_liking import LikingView
from cases.api_verdict import CaseVerdictView
from cases.api_why_behind import WhyBehindView
from cases.api_work import (
    CallbacksView,
    HandOverView,
    HoldsView,
    NotesView,
    PaidClaimsView,
    PromisesView,
    ReasonsView,
    WrapUpView,
)
from cases.complaints.api import ComplaintViewSet, CreditMarksView
from cases.referrals.api import (
    AgenciesView,
    AgencyContactsView,
    PlacementsView,
    ReferralDecisionView,
    ReferralEndView,
    ReferralsView,
    ReferralView,
)
from cases.steps.api import NextStepsView
from cases.tracing.api import TracesView
from config.api import DocsView, SchemaView, TokenView
from contacts.api import ContactRulesView
from dunning.api import DeadLettersView, DeadLetterView, RehearsalsView, RehearsalView
from lending.api import LoanViewSet
from lending.api_changes import ChangeDecisionView, ChangesView, ChangeWithdrawalView
from lending.api_clock import HistoryView, PauseEndView, PausesView
from lending.api_consents import ConsentEndView, ConsentsView
from lending.api_creditors import (
    GuaranteesView,
    GuarantorReversalView,
    LoanGuaranteeView,
    LoanGuarantorPaymentsView,
    NoticeView,
    SharesView,
)
from lending.api_fees import FeesView, FeeWaiverView
from lending.api_figures import LoanPaymentsView, PaymentReversalView, PenaltyStepsView, VersionsView
from lending.api_mappings import MappingsView
from lending.api_payments import BorrowerPaymentsView, PaymentsView
from lending.api_refunds import RefundDecisionView, RefundsView
from lending.api_suspense import SuspenseMatchView, SuspenseReturnView, SuspenseView
from lending.api_terms import FunderReportView, FundersView, ProductsView
from lending.api_waivers import WaiverDecisionView, WaiversView, WaiverWithdrawalView
from lending.api_ways import DebitsView, PayLinksView
from restructuring.api import (
    ApprovalLimitsView,
    PlanAgreementView,
    PlanDecisionView,
    PlansView,
    StandInEndView,
    StandInsView,
)
from risk.api import PortfolioView
from staff.api import PeopleView, TeamsView

router = SimpleRouter()
router.register("loans", LoanViewSet, basename="api_loan")
router.register("cases", CaseViewSet, basename="api_case")
router.register("complaints", ComplaintViewSet, basename="api_complaint")

urlpatterns = [
    path("v1/token/", TokenView.as_view(), name="api_token"),
    path("v1/payments/", PaymentsView.as_view(), name="api_payments"),
    path("v1/borrower-payments/", BorrowerPaymentsView.as_view(), name="api_borrower_payments"),
    path("v1/loans/<str:number>/history/", HistoryView.as_view(), name="api_loan_history"),
    path("v1/loans/<str:number>/pauses/", PausesView.as_view(), name="api_pauses"),
    path("v1/loans/<str:number>/pauses/<int:pk>/end/", PauseEndView.as_view(), name="api_pause_end"),
    path("v1/loans/<str:number>/pay-links/", PayLinksView.as_view(), name="api_pay_links"),
    path("v1/loans/<str:number>/debits/", DebitsView.as_view(), name="api_debits"),
    path("v1/loans/<str:number>/refunds/", RefundsView.as_view(), name="api_refunds"),
    path("v1/refunds/<int:pk>/decision/", RefundDecisionView.as_view(), name="api_refund_decision"),
    path("v1/loans/<str:number>/versions/", VersionsView.as_view(), name="api_versions"),
    path("v1/loans/<str:number>/payments/", LoanPaymentsView.as_view(), name="api_loan_payments"),
    path(
        "v1/loans/<str:number>/payments/<path:reference>/reversal/",
        PaymentReversalView.as_view(),
        name="api_payment_reversal",
    ),
    path("v1/loans/<str:number>/penalty-steps/", PenaltyStepsView.as_view(), name="api_penalty_steps"),
    path("v1/loans/<str:number>/costs/", FeesView.as_view(), name="api_fees"),
    path("v1/loans/<str:number>/costs/<int:pk>/give-up/", FeeWaiverView.as_view(), name="api_fee_waiver"),
    path("v1/loans/<str:number>/shares/", SharesView.as_view(), name="api_shares"),
    path("v1/loans/<str:number>/guarantee/", LoanGuaranteeView.as_view(), name="api_loan_guarantee"),
    path(
        "v1/loans/<str:number>/guarantor-payments/",
        LoanGuarantorPaymentsView.as_view(),
        name="api_guarantor_payments",
    ),
    path("v1/guarantees/", GuaranteesView.as_view(), name="api_guarantees"),
    path("v1/guarantor-payments/<int:pk>/reversal/", GuarantorReversalView.as_view(), name="api_guarantor_reversal"),
    path("v1/guarantor-payments/<int:pk>/notice/", NoticeView.as_view(), name="api_assignment_notice"),
    path("v1/loans/<str:number>/waivers/", WaiversView.as_view(), name="api_waivers"),
    path("v1/waivers/<int:pk>/decision/", WaiverDecisionView.as_view(), name="api_waiver_decision"),
    path("v1/waivers/<int:pk>/withdrawal/", WaiverWithdrawalView.as_view(), name="api_waiver_withdrawal"),
    path("v1/suspense/", SuspenseView.as_view(), name="api_suspense"),
    path("v1/suspense/<int:pk>/match/", SuspenseMatchView.as_view(), name="api_suspense_match"),
    path("v1/suspense/<int:pk>/return/", SuspenseReturnView.as_view(), name="api_suspense_return"),
    path("v1/borrowers/<str:ref>/consents/", ConsentsView.as_view(), name="api_consents"),
    path("v1/consents/<int:pk>/end/", ConsentEndView.as_view(), name="api_consent_end"),
    path("v1/changes/", ChangesView.as_view(), name="api_changes"),
    path("v1/changes/<int:pk>/decision/", ChangeDecisionView.as_view(), name="api_change_decision"),
    path("v1/changes/<int:pk>/withdrawal/", ChangeWithdrawalView.as_view(), name="api_change_withdrawal"),
    path("v1/import-mappings/", MappingsView.as_view(), name="api_import_mappings"),
    path("v1/people/", PeopleView.as_view(), name="api_people"),
    path("v1/teams/", TeamsView.as_view(), name="api_teams"),
    path("v1/assignment-rules/", AssignmentRulesView.as_view(), name="api_assignment_rules"),
    path("v1/proposals/", ProposalsView.as_view(), name="api_proposals"),
    path("v1/proposals/<int:pk>/", ProposalView.as_view(), name="api_proposal"),
    path("v1/proposals/<int:pk>/apply/", ProposalApplyView.as_view(), name="api_proposal_apply"),
    path("v1/proposals/<int:pk>/discard/", ProposalDiscardView.as_view(), name="api_proposal_discard"),
    path("v1/next-case/", NextCaseView.as_view(), name="api_next_case"),
    path("v1/credit-marks/", CreditMarksView.as_view(), name="api_credit_marks"),
    path("v1/referrals/", ReferralsView.as_view(), name="api_referrals"),
    path("v1/referrals/<int:pk>/", ReferralView.as_view(), name="api_referral"),
    path("v1/referrals/<int:pk>/decision/", ReferralDecisionView.as_view(), name="api_referral_decision"),
    path("v1/referrals/<int:pk>/end/", ReferralEndView.as_view(), name="api_referral_end"),
    path("v1/referrals/<int:pk>/contacts/", AgencyContactsView.as_view(), name="api_referral_contacts"),
    path("v1/agencies/", AgenciesView.as_view(), name="api_agencies"),
    path("v1/agencies/<slug:code>/placements/", PlacementsView.as_view(), name="api_placements"),
    path("v1/portfolio/", PortfolioView.as_view(), name="api_portfolio"),
    path("v1/products/", ProductsView.as_view(), name="api_products"),
    path("v1/funders/", FundersView.as_view(), name="api_funders"),
    path("v1/funders/<slug:code>/report/", FunderReportView.as_view(), name="api_funder_report"),
    path("v1/why-behind/", WhyBehindView.as_view(), name="api_why_behind"),
    path("v1/cases/<int:pk>/verdict/", CaseVerdictView.as_view(), name="api_case_verdict"),
    path("v1/cases/<int:pk>/promises/", PromisesView.as_view(), name="api_case_promises"),
    path("v1/cases/<int:pk>/notes/", NotesView.as_view(), name="api_case_notes"),
    path("v1/cases/<int:pk>/callbacks/", CallbacksView.as_view(), name="api_case_callbacks"),
    path("v1/cases/<int:pk>/reasons/", ReasonsView.as_view(), name="api_case_reasons"),
    path("v1/cases/<int:pk>/paid-claims/", PaidClaimsView.as_view(), name="api_case_paid_claims"),
    path("v1/cases/<int:pk>/traces/", TracesView.as_view(), name="api_case_traces"),
    path("v1/cases/<int:pk>/hand-over/", HandOverView.as_view(), name="api_case_hand_over"),
    path("v1/cases/<int:pk>/holds/", HoldsView.as_view(), name="api_case_holds"),
    path("v1/cases/<int:pk>/liking/", LikingView.as_view(), name="api_case_liking"),
    path("v1/cases/<int:pk>/calls/<int:contact_pk>/", WrapUpView.as_view(), name="api_case_wrap_up"),
    path("v1/plans/", PlansView.as_view(), name="api_plans"),
    path("v1/plans/<int:pk>/decision/", PlanDecisionView.as_view(), name="api_plan_decision"),
    path("v1/plans/<int:pk>/agreement/", PlanAgreementView.as_view(), name="api_plan_agreement"),
    path("v1/approval-limits/", ApprovalLimitsView.as_view(), name="api_approval_limits"),
    path("v1/stand-ins/", StandInsView.as_view(), name="api_stand_ins"),
    path("v1/stand-ins/<int:pk>/end/", StandInEndView.as_view(), name="api_stand_in_end"),
    path("v1/next-steps/", NextStepsView.as_view(), name="api_next_steps"),
    path("v1/rehearsals/", RehearsalsView.as_view(), name="api_rehearsals"),
    path("v1/rehearsals/<int:pk>/", RehearsalView.as_view(), name="api_rehearsal"),
    path("v1/dead-letters/", DeadLettersView.as_view(), name="api_dead_letters"),
    path("v1/dead-letters/<int:pk>/decision/", DeadLetterView.as_view(), name="api_dead_letter"),
    path("v1/contact-rules/", ContactRulesView.as_view(), name="api_contact_rules"),
    path("v1/", include(router.urls)),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    path("docs/", DocsView.as_view(url_name="api_schema"), name="api_docs"),
]
