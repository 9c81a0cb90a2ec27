from django.urls import path

from risk import views

urlpatterns = [
    path("portfolio/", views.portfolio, name="portfolio"),
    path("portfolio.csv", views.portfolio_file, {"kind": "csv"}, name="portfolio_csv"),
    path("portfolio.xlsx", views.portfolio_file, {"kind": "xlsx"}, name="portfolio_xlsx"),
    path("portfolio/loans/", views.portfolio_loans, name="portfolio_loans"),
]
