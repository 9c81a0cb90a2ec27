from django.urls import path

from risk import views

urlpatterns = [path("portfolio/", views.portfolio, name="portfolio")]
